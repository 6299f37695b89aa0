namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>The agent's process runs.</summary>
internal sealed record ShimStarted
{
    /// <summary>Its number in the container's pid namespace.</summary>
    public int Pid { get; init; }
}
