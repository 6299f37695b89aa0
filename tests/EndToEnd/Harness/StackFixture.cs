using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

[assembly: AssemblyFixture(typeof(StackFixture))]
// Cases wait most of their time; StackFixture bounds how many are under way.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerClass, MaxParallelThreads = -1)]

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// The stacks that cases run on. Most share one with two nodes, started when the first case asks for it; what would disturb others (short leases, killed processes,
/// cut links) has a stack of its own. Test classes run beside each other, the cases of a class one after another.
/// </summary>
public sealed class StackFixture : IAsyncLifetime
{
    private const int SharedCases = 6;
    private const int PrivateStacks = 2;

    // An operator that cannot renew its lease in time is to end with this code, whoever's fault it is.
    private const int LeadLost = 3;

    private readonly SemaphoreSlim _sharedCases = new(SharedCases);
    private readonly SemaphoreSlim _privateStacks = new(PrivateStacks);
    private readonly NodeFolder _folder = new();
    private readonly Lazy<Task<Stack>> _shared;

    public StackFixture() => _shared = new(() => Stack.StartAsync("shared", new StackOptions
    {
        Nodes = 2,
        Git = true,
        Supervised = true,
        Node = Sized(new()
        {
            MaxRuns = 2 * SharedCases,
            Mounts = [_folder.Mount],
            AllowedVolumes = [$"{NodeFolder.Inside}/data", $"{NodeFolder.Inside}/work:rw"],
            PodmanSecrets = new Dictionary<string, string> { ["registry-token"] = "sesame-" + Guid.NewGuid() },
        }),
    }));

    /// <summary>The folder that the nodes of the shared stack have.</summary>
    internal NodeFolder Folder => _folder;

    /// <summary>A namespace on the shared stack.</summary>
    internal async Task<Scene> SharedAsync(CancellationToken cancellationToken)
    {
        await _sharedCases.WaitAsync(cancellationToken);
        try
        {
            return await Scene.OpenAsync(await _shared.Value, () => Release(_sharedCases), cancellationToken);
        }
        catch
        {
            _sharedCases.Release();
            throw;
        }
    }

    /// <summary>A namespace on a stack of its own, which ends with it.</summary>
    internal async Task<Scene> PrivateAsync(string name, StackOptions options, CancellationToken cancellationToken)
    {
        await _privateStacks.WaitAsync(cancellationToken);
        Stack? stack = null;
        try
        {
            stack = await Stack.StartAsync(name, options with { Node = Sized(options.Node) }, cancellationToken);
            return await Scene.OpenAsync(stack, () => EndAsync(stack), cancellationToken);
        }
        catch
        {
            await EndAsync(stack);
            throw;
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        List<string> ends = [];
        if (_shared.IsValueCreated && _shared.Value.IsCompletedSuccessfully)
        {
            var stack = await _shared.Value;
            ends = [.. stack.Programs.SelectMany(program => program.Ends.Where(code => code != LeadLost).Select(code => $"{program.LogPath}: ended with {code}"))];
            await stack.DisposeAsync();
        }

        _folder.Dispose();
        _sharedCases.Dispose();
        _privateStacks.Dispose();
        Assert.True(ends.Count == 0, $"A program of the shared stack ended by itself and was started again: {string.Join("; ", ends)}");
    }

    // How many runs fit is no matter of the machine that the tests are on.
    private static NodeOptions Sized(NodeOptions options) => options with { Cpu = options.Cpu ?? "16", Memory = options.Memory ?? "32Gi" };

    private async ValueTask EndAsync(Stack? stack)
    {
        try
        {
            if (stack is not null)
                await stack.DisposeAsync();
        }
        finally
        {
            _privateStacks.Release();
        }
    }

    private static ValueTask Release(SemaphoreSlim slots)
    {
        slots.Release();
        return ValueTask.CompletedTask;
    }
}
