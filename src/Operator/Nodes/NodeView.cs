namespace Stromboli.Operator.Nodes;

/// <summary>One node, as the scheduler sees it at one moment.</summary>
internal sealed record NodeView
{
    /// <summary>The AgentNode's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it has a link on which a full resync is done, and a lease.</summary>
    public required bool Connected { get; init; }

    /// <summary>
    /// When its last granted lease plus the grace is over: from then on its attempts are lost. Moves on with each grant. After a change of
    /// leader it is at first as if a lease had been granted at the moment of the change.
    /// </summary>
    public required DateTimeOffset LostAt { get; init; }

    /// <summary>
    /// The effective labels: those of the AgentNode's spec, of the cluster's Node of that name, and under <c>node.stromboli.dev/</c> what
    /// it says of itself.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Whether an admin keeps new runs away.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>Whether its AgentNode is being deleted: it takes no new runs, whatever finalizer keeps the object.</summary>
    public bool Deleted { get; init; }

    /// <summary>How many runs it takes at once.</summary>
    public int MaxRuns { get; init; }

    /// <summary>The processors, in thousandths of one.</summary>
    public long CpuMillis { get; init; }

    /// <summary>The memory, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// Processes and threads that runs may have together; null if its bridge does not say, and then they are not counted.
    /// </summary>
    public int? Pids { get; init; }

    /// <summary>The most of these that one run may have; null if its bridge does not say.</summary>
    public int? RunPids { get; init; }

    /// <summary>Whether it can enforce every limit of a run, or was told to do without.</summary>
    public bool TakesLimits { get; init; }

    /// <summary>Whether it keeps limits of disk use, or was told to do without.</summary>
    public bool KeepsStorageLimits { get; init; }

    /// <summary>What it lets runs have of it; null while nobody knows, since its bridge has not connected yet.</summary>
    public NodePermissions? Permissions { get; init; }

    /// <summary>One sentence when its disk is short of space; null when it is not.</summary>
    public string? DiskPressure { get; init; }

    /// <summary>One sentence when its engine cannot be used; null when all is well.</summary>
    public string? Problem { get; init; }
}
