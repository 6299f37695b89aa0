using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Translates runs into the terms of the scheduler.</summary>
internal static class WaitingRuns
{
    /// <summary>The next attempt of the run, as it waits for a node.</summary>
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
            // A session always has a limit.
            HasStorageLimit =
                resolved.WorkspaceBytes is not null || resolved.EphemeralStorageBytes is not null || run.Spec?.SessionRef is not null,
            Needs = NodeNeeds.Of(resolved),
        };
}
