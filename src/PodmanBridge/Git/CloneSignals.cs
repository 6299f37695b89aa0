using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Git;

/// <summary>What a clone waits for of its container's shim: its call, and its last word.</summary>
/// <param name="shimLost">Called when the shim's connection is gone.</param>
internal sealed class CloneSignals(Action shimLost) : IShimReports
{
    private readonly TaskCompletionSource<ShimHello> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The shim has called for the first time.</summary>
    public Task<ShimHello> Hello => _hello.Task;

    /// <summary>Nothing of the clone runs any more.</summary>
    public Task Over => _over.Task;

    /// <summary>The engine says that the container does not run.</summary>
    public void SetOver() => _over.TrySetResult();

    /// <inheritdoc/>
    public void Connected(ShimHello hello) => _hello.TrySetResult(hello);

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
    public void Disconnected() => shimLost();
}
