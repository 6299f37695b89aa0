namespace Stromboli.Operator.Nodes;

/// <summary>One node at one moment, as the scheduler sees it.</summary>
internal sealed record NodeView
{
    /// <summary>The name of the AgentNode.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the node has a link with a completed resync, and a lease.</summary>
    public required bool Connected { get; init; }

    /// <summary>
    /// When its last lease and the grace end. From then on its attempts are lost. Each grant moves this time. After a change of leader, a
    /// lease counts from the moment of the change.
    /// </summary>
    public required DateTimeOffset LostAt { get; init; }

    /// <summary>
    /// The effective labels: from the AgentNode's spec, from the cluster's Node of that name, and under <c>node.stromboli.dev/</c> from the
    /// bridge.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Whether an admin keeps new runs away.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>Whether its AgentNode is being deleted. The node then takes no new runs, even if a finalizer keeps the object.</summary>
    public bool Deleted { get; init; }

    /// <summary>How many runs the node takes at one time.</summary>
    public int MaxRuns { get; init; }

    /// <summary>The processors, in thousandths of a processor.</summary>
    public long CpuMillis { get; init; }

    /// <summary>The memory, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// The processes and threads of all runs together; null if the bridge reports no limit, and then they are not counted.
    /// </summary>
    public int? Pids { get; init; }

    /// <summary>The processes and threads that one run may have; null if the bridge reports no limit.</summary>
    public int? RunPids { get; init; }

    /// <summary>Whether the node enforces every limit of a run, or its admin allows runs without them.</summary>
    public bool TakesLimits { get; init; }

    /// <summary>Whether the node enforces limits of disk use, or its admin allows runs without them.</summary>
    public bool KeepsStorageLimits { get; init; }

    /// <summary>What runs may use of the node; null until its bridge has connected once.</summary>
    public NodePermissions? Permissions { get; init; }

    /// <summary>One sentence if the node is short of disk space; otherwise null.</summary>
    public string? DiskPressure { get; init; }

    /// <summary>One sentence if the engine cannot be used; otherwise null.</summary>
    public string? Problem { get; init; }
}
