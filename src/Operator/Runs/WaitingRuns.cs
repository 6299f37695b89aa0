using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Scheduling.Needs;

namespace Stromboli.Operator.Runs;

/// <summary>A run in the scheduler's terms.</summary>
internal static class WaitingRuns
{
    /// <summary>The run's next attempt, as it waits.</summary>
    public static WaitingRun From(AgentRun run, ResolvedRun resolved) =>
        new()
        {
            UID = run.UID(),
            Namespace = run.Metadata.Namespace ?? "",
            Name = run.Metadata.Name ?? "",
            Attempt = run.NextAttempt(),
            CreatedAt = run.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
            Priority = resolved.Priority,
            NodeSelector = resolved.NodeSelector,
            NodeName = resolved.NodeName,
            Avoid = run.LastAttempt() is { Reason: RunReason.NodeLost or RunReason.NodeUnfit } lost ? lost.Node : null,
            CpuMillis = resolved.CpuMillicores,
            MemoryBytes = resolved.MemoryBytes,
            Pids = resolved.Pids,
            // A session always has one.
            HasStorageLimit =
                resolved.WorkspaceBytes is not null || resolved.EphemeralStorageBytes is not null || run.Spec?.SessionRef is not null,
            Needs = NodeNeeds.Of(resolved),
        };

    /// <summary>What the attempt under way holds of its node; null if none is.</summary>
    public static Allocation? AllocationOf(AgentRun run, RunDefaults defaults)
    {
        if (run.LiveAttempt() is not { Node: { } node, Attempt: { } attempt })
        {
            return null;
        }
        // Not resolved as a whole: a spec that is no longer valid by newer rules still holds what it holds.
        var limits = run.Spec?.Resources?.Limits;
        return new()
        {
            UID = run.UID(),
            Namespace = run.Metadata.Namespace ?? "",
            Attempt = attempt,
            Node = node,
            CpuMillis = limits?.Cpu?.Thousandths ?? defaults.CpuMillicores,
            MemoryBytes = limits?.Memory?.WholeUnits ?? defaults.MemoryBytes,
            Pids = limits?.Pids ?? defaults.Pids,
        };
    }
}
