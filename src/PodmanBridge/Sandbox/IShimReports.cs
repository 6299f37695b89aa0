namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>Takes what the shim reports, in order, one call at a time.</summary>
internal interface IShimReports
{
    /// <summary>The shim is connected.</summary>
    void Connected(ShimHello hello);

    /// <summary>The agent's process runs.</summary>
    void Started(ShimStarted started);

    /// <summary>The agent's process ended.</summary>
    void Exited(ShimExit exit);

    /// <summary>The agent could not be started.</summary>
    void Failed(ShimFailure failure);

    /// <summary>The connection is gone; the shim comes back by itself if it lives.</summary>
    void Disconnected();
}
