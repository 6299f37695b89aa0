using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>What a clone waits for of its container's shim: its call, and its last word.</summary>
internal sealed class CloneSignals : IShimReports
{
    private readonly Action _shimLost;
    private readonly ShimGate _gate;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _released;

    /// <summary>Waits for nothing yet.</summary>
    /// <param name="shimLost">Called when the shim's connection is gone.</param>
    public CloneSignals(Action shimLost)
    {
        _shimLost = shimLost;
        _gate = new ShimGate(() => _released);
    }

    /// <summary>
    /// The shim has called for the first time; fails with an <see cref="RunRefusedException"/> if it is not the shim that called.
    /// </summary>
    public Task<ShimHello> Hello => _gate.Hello;

    /// <summary>Whether git was let go. Before that, the container's log does not count.</summary>
    public bool Released => _released;

    /// <summary>Nothing of the clone runs any more. Fails as <see cref="Hello"/> does.</summary>
    public Task Over => _over.Task;

    /// <summary>The engine says that the container does not run.</summary>
    public void SetOver() => _over.TrySetResult();

    /// <summary>The container is what was meant, and git is let go.</summary>
    public void Release()
    {
        _released = true;
        _gate.Open();
    }

    /// <inheritdoc/>
    public async Task<bool> ConnectedAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        if (await _gate.PassAsync(hello, cancellationToken) is not { } problem)
        {
            return true;
        }

        Denied(problem);
        return false;
    }

    /// <inheritdoc/>
    public void Denied(string problem) => _gate.Deny(problem, _over);

    /// <inheritdoc/>
    public void Started(ShimStarted started)
    {
        // The clone's beginning interests nobody.
    }

    /// <inheritdoc/>
    public void Exited(ShimExit exit) => SetOver();

    /// <inheritdoc/>
    public void Failed(ShimFailure failure) => SetOver();

    /// <inheritdoc/>
    public void Disconnected() => _shimLost();
}
