namespace Stromboli.Operator.Scheduling;

/// <summary>What one attempt holds of a node, on record or reserved.</summary>
internal sealed record Allocation
{
    /// <summary>The AgentRun's UID.</summary>
    public required string UID { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The number of the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>Processor time, in thousandths of a processor.</summary>
    public required long CpuMillis { get; init; }

    /// <summary>Memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processes and threads.</summary>
    public required int Pids { get; init; }
}
