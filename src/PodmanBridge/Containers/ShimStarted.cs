namespace Stromboli.PodmanBridge.Containers;

/// <summary>The agent's process runs.</summary>
internal sealed record ShimStarted
{
    /// <summary>The process's number in the container's pid namespace.</summary>
    public int Pid { get; init; }

    /// <summary>The hooks that ran before it; null if there were none.</summary>
    public IReadOnlyList<ShimHookDone>? Hooks { get; init; }
}
