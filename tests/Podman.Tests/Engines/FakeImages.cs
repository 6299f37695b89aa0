using System.Threading.Channels;
using Stromboli.Podman.Models;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>
/// Images whose fetches the test lets go when it wants: a registry that is slow at the right moment cannot be had for real.
/// </summary>
internal sealed class FakeImages : IImageOperations, IPodman
{
    private readonly Channel<TaskCompletionSource<string>> _pulls = Channel.CreateUnbounded<TaskCompletionSource<string>>();
    private int _count;
    private int _looks;

    public Dictionary<string, string> Present { get; } = [];

    public int Pulls => _count;

    public int Looks => _looks;

    /// <summary>Until when looks at an image take.</summary>
    public Task Looking { get; set; } = Task.CompletedTask;

    public CancellationToken LastPull { get; private set; }

    public IImageOperations Images => this;

    public IContainerOperations Containers => throw new NotSupportedException();

    public IVolumeOperations Volumes => throw new NotSupportedException();

    public ISecretOperations Secrets => throw new NotSupportedException();

    public ISystemOperations System => throw new NotSupportedException();

    public async Task<ImageInspection?> InspectAsync(string reference, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        await Looking;
        return Present.TryGetValue(reference, out var id) ? new ImageInspection { ID = id } : null;
    }

    public Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ImageSummary>>([
            .. Present
                .GroupBy(image => image.Value)
                .Select(image => new ImageSummary { ID = image.Key, Names = [.. image.Select(name => name.Key)] }),
        ]);

    public Task<bool> RemoveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult(Present.Remove(reference));

    public Task<string> PullAsync(
        string reference,
        string policy,
        RegistryCredential? credential,
        IProgress<string>? progress,
        CancellationToken cancellationToken
    )
    {
        var pull = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => pull.TrySetCanceled(cancellationToken));
        LastPull = cancellationToken;
        Interlocked.Increment(ref _count);
        Assert.True(_pulls.Writer.TryWrite(pull));
        return pull.Task;
    }

    /// <summary>The next fetch that began.</summary>
    public async Task<TaskCompletionSource<string>> NextAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _pulls.Reader.ReadAsync(deadline.Token);
    }
}
