namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Takes what the shim reports, in order, one call at a time. Nothing is reported of a process that is not the shim, or that has not said
/// its Hello.
/// </summary>
internal interface IShimReports
{
    /// <summary>The shim is connected. What it says next is read when this returns.</summary>
    /// <returns>Whether it is believed; if not, its connection is closed.</returns>
    Task<bool> ConnectedAsync(ShimHello hello, CancellationToken cancellationToken);

    /// <summary>The container's first process is not the shim: nothing of it was read.</summary>
    /// <param name="problem">Half a sentence.</param>
    void Denied(string problem);

    /// <summary>The agent's process runs.</summary>
    void Started(ShimStarted started);

    /// <summary>The agent's process ended.</summary>
    void Exited(ShimExit exit);

    /// <summary>The agent could not be started.</summary>
    void Failed(ShimFailure failure);

    /// <summary>The connection is gone; the shim comes back by itself if it lives.</summary>
    void Disconnected();
}
