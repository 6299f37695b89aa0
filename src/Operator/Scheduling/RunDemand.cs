namespace Stromboli.Operator.Scheduling;

/// <summary>What a run asks of its node: two that ask the same may go to the same nodes.</summary>
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
    /// <summary>That of a run.</summary>
    public static RunDemand Of(WaitingRun run) =>
        new(
            // Neither a label's key nor its value holds such a character.
            run.NodeSelector.Count == 0
                ? ""
                : string.Join('\n', run.NodeSelector.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")),
            run.NodeName,
            run.Avoid,
            run.CpuMillis,
            run.MemoryBytes,
            run.Pids,
            run.HasStorageLimit,
            // Neither does a need's text.
            run.Needs.Count == 0
                ? ""
                : string.Join('\n', run.Needs.Select(n => n.Key))
        );
}
