namespace Stromboli.Operator.Scheduling;

/// <summary>A run that waits for a node.</summary>
internal sealed record WaitingRun
{
    /// <summary>The AgentRun's UID.</summary>
    public required string UID { get; init; }

    /// <summary>The namespace of the AgentRun, by which the fair share is counted.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the AgentRun.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the attempt to place, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When the AgentRun was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The priority within the namespace. Higher runs first.</summary>
    public int Priority { get; init; }

    /// <summary>The labels that the node must have.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>The only node that the run may use, or null.</summary>
    public string? NodeName { get; init; }

    /// <summary>A node that was lost during the last attempt. It is used again only if no other node can take the run.</summary>
    public string? Avoid { get; init; }

    /// <summary>Processor time, in thousandths of a processor.</summary>
    public required long CpuMillis { get; init; }

    /// <summary>Memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>Whether the run has a limit of disk use.</summary>
    public bool HasStorageLimit { get; init; }

    /// <summary>What the run needs of the node itself.</summary>
    public IReadOnlyList<NodeNeed> Needs { get; init; } = [];

    /// <summary>Whether the scheduler would give both the same answer.</summary>
    public bool IsSame(WaitingRun other) =>
        this with { NodeSelector = other.NodeSelector, Needs = other.Needs } == other
        && Needs.SequenceEqual(other.Needs)
        && NodeSelector.Count == other.NodeSelector.Count
        && NodeSelector.All(l => other.NodeSelector.TryGetValue(l.Key, out var value) && value == l.Value);
}
