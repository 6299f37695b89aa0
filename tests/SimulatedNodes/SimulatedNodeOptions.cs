using Stromboli.NodeLink.Messages;

namespace Stromboli.SimulatedNodes;

/// <summary>What a simulated node is and how its agents behave.</summary>
public sealed record SimulatedNodeOptions
{
    /// <summary>How many runs it takes at once.</summary>
    public int MaxRuns { get; init; } = 8;

    /// <summary>Its processors, in thousandths of one.</summary>
    public long CpuMillis { get; init; } = 1_000_000;

    /// <summary>Its memory, in bytes.</summary>
    public long MemoryBytes { get; init; } = 1L << 40;

    /// <summary>How long an agent runs; until <see cref="SimulatedNode.Finish"/> if null.</summary>
    public TimeSpan? RunsFor { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Called when the operator asks for a stream, which <see cref="SimulatedNode.Streams"/> sends. Without it, the node does not answer.
    /// </summary>
    public Action<OpenStream>? OnStream { get; init; }

    /// <summary>What the bridge tells about the node.</summary>
    public NodeFacts Facts() =>
        new()
        {
            BridgeVersion = "0.0.0-simulated",
            CpuMillis = CpuMillis,
            MemoryBytes = MemoryBytes,
            MaxRuns = MaxRuns,
            EnforcedLimits = ["cpu", "memory", "pids"],
        };
}
