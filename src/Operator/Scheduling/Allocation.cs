namespace Stromboli.Operator.Scheduling;

/// <summary>What one attempt holds of a node, on record or reserved.</summary>
internal sealed record Allocation
{
    /// <summary>The AgentRun's UID.</summary>
    public required string UID { get; init; }

    /// <summary>The namespace of the AgentRun.</summary>
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

/// <summary>The allocations that are on record.</summary>
internal interface IAllocationRecords
{
    /// <summary>What the live attempts hold of their nodes, by the records of their runs.</summary>
    IEnumerable<Allocation> Allocations();
}
