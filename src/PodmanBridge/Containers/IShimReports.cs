namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Receives what the shim reports, in order, one call at a time. A process that is not the shim, or that has not sent its Hello, is never
/// reported.
/// </summary>
internal interface IShimReports
{
    /// <summary>The shim is connected. Its next message is read when this returns.</summary>
    /// <returns>Whether the bridge trusts it. If not, its connection is closed.</returns>
    Task<bool> ConnectedAsync(ShimHello hello, CancellationToken cancellationToken);

    /// <summary>The container's first process is not the shim. Nothing of it was read.</summary>
    /// <param name="problem">Half a sentence.</param>
    void Denied(string problem);

    /// <summary>The agent's process runs.</summary>
    void Started(ShimStarted started);

    /// <summary>The agent's process ended.</summary>
    void Exited(ShimExit exit);

    /// <summary>The agent could not be started.</summary>
    void Failed(ShimFailure failure);

    /// <summary>The connection is lost. If the shim lives, it connects again by itself.</summary>
    void Disconnected();
}
