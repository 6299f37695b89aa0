using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Holds back what a shim says until its container is checked, and refuses a state that the shim cannot be in.</summary>
/// <param name="released">Whether it is on record that the shim was let go.</param>
internal sealed class ShimGate(Func<bool> released)
{
    private readonly TaskCompletionSource<ShimHello> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// The shim has called for the first time; fails with an <see cref="RunRefusedException"/> if it is not the shim that called.
    /// </summary>
    public Task<ShimHello> Hello => _hello.Task;

    /// <summary>The container was checked against what was meant: what its shim says counts from now on.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>Waits until the container is checked.</summary>
    /// <returns>Why the shim is not believed all the same, as half a sentence; null if it is.</returns>
    public async Task<string?> PassAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        _hello.TrySetResult(hello);
        await _open.Task.WaitAsync(cancellationToken);
        return FirstProcess.StateProblem(hello.State, released());
    }

    /// <summary>Fails what waits for the shim.</summary>
    /// <param name="problem">Half a sentence.</param>
    /// <param name="over">What is waited for once the shim has called.</param>
    public void Deny(string problem, TaskCompletionSource over)
    {
        var denied = Denied(problem);
        _ = _hello.TrySetException(denied) || over.TrySetException(denied);
    }

    /// <summary>The refusal of a container.</summary>
    /// <param name="problem">Half a sentence.</param>
    public static RunRefusedException Denied(string problem) =>
        new(RunReason.PolicyDenied, $"The container is another one than was meant: {problem}.");
}
