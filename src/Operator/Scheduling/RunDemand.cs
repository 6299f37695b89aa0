namespace Stromboli.Operator.Scheduling;

/// <summary>What a run asks of a node. Runs with equal demands can run on the same nodes.</summary>
internal readonly record struct RunDemand(
    string Labels,
    string? NodeName,
    string? Avoid,
    long CpuMillis,
    long MemoryBytes,
    int Pids,
    bool StorageLimit,
    string Needs
)
{
    /// <summary>The demand of a run.</summary>
    public static RunDemand Of(WaitingRun run) =>
        new(
            // Neither the key nor the value of a label can contain a line break.
            run.NodeSelector.Count == 0
                ? ""
                : string.Join('\n', run.NodeSelector.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")),
            run.NodeName,
            run.Avoid,
            run.CpuMillis,
            run.MemoryBytes,
            run.Pids,
            run.HasStorageLimit,
            // The key of a need contains no line break either.
            run.Needs.Count == 0
                ? ""
                : string.Join('\n', run.Needs.Select(n => n.Key))
        );
}
