using Stromboli.Operator.Scheduling.Needs;

namespace Stromboli.Operator.Scheduling;

/// <summary>A run that waits for a node.</summary>
internal sealed record WaitingRun
{
    /// <summary>The AgentRun's UID.</summary>
    public required string UID { get; init; }

    /// <summary>Its namespace: what fair share is counted by.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the attempt that is to be placed, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When the AgentRun was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Higher first, within the namespace.</summary>
    public int Priority { get; init; }

    /// <summary>Labels that the node must have.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>The one node that it may run on, or null.</summary>
    public string? NodeName { get; init; }

    /// <summary>A node that was lost under it: taken again only if nothing else can take the run.</summary>
    public string? Avoid { get; init; }

    /// <summary>Processor time, in thousandths of a processor.</summary>
    public required long CpuMillis { get; init; }

    /// <summary>Memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>Whether it has a limit of what it takes of the node's disk.</summary>
    public bool HasStorageLimit { get; init; }

    /// <summary>What it wants of the node's own.</summary>
    public IReadOnlyList<NodeNeed> Needs { get; init; } = [];

    /// <summary>Whether the scheduler would say the same of both.</summary>
    public bool IsSame(WaitingRun other) =>
        this with { NodeSelector = other.NodeSelector, Needs = other.Needs } == other
        && Needs.SequenceEqual(other.Needs)
        && NodeSelector.Count == other.NodeSelector.Count
        && NodeSelector.All(l => other.NodeSelector.TryGetValue(l.Key, out var value) && value == l.Value);
}
