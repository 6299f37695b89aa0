using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>Builds the status of an AgentNode; pure except for the clock of the conditions.</summary>
internal static class AgentNodeStatusRules
{
    /// <summary>The reason of a node whose lease has expired.</summary>
    public const string Lost = "Lost";

    private const string Connected = "Connected";

    /// <summary>
    /// Builds the status. If the bridge has not connected to this operator, its facts stay as the last leader wrote them.
    /// </summary>
    public static AgentNodeStatus Next(AgentNode node, NodeView view, NodeReport report, NodeAllocation taken, TimeProvider clock)
    {
        var before = node.Status ?? new AgentNodeStatus();
        var generation = node.Metadata.Generation;
        var ready = Ready(before, view, report);
        var schedulable = Schedulable(ready, view);
        var conditions = Conditions.Set(before.Conditions, ready with { ObservedGeneration = generation }, clock);
        conditions = PrePullRules.Set(conditions, node, report, clock);
        if (report.Facts is { } facts)
        {
            conditions = Conditions.Set(conditions, DiskPressure(facts) with { ObservedGeneration = generation }, clock);
        }

        return WithFacts(before, report) with
        {
            Images = report.Images is { } images ? [.. images] : before.Images,
            ObservedGeneration = generation,
            Conditions = Conditions.Set(conditions, schedulable with { ObservedGeneration = generation }, clock),
            Capacity = Resources(view.CpuMillis, view.MemoryBytes, view.Pids, view.MaxRuns),
            Allocated = Resources(taken.CpuMillis, taken.MemoryBytes, taken.Pids, taken.Runs),
            Runs = $"{taken.Runs}/{view.MaxRuns}",
            ConnectedSince = report.ConnectedSince,
            Labels =
                view.Labels.Count == 0
                    ? null
                    : view.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Take(StatusLimits.Labels).ToDictionary(),
        };
    }

    private static AgentNodeStatus WithFacts(AgentNodeStatus status, NodeReport report) =>
        report.Facts is not { } facts
            ? status
            : status with
            {
                PodmanVersion = facts.PodmanVersion,
                BridgeVersion = facts.BridgeVersion,
                CliVersion = facts.CliVersion,
                OperatingSystem = facts.OperatingSystem,
                Architecture = facts.Architecture,
                Kernel = facts.Kernel,
                Rootless = facts.Rootless,
                CgroupVersion = facts.CgroupVersion,
                EnforcedLimits = [.. facts.EnforcedLimits],
                AllowedVolumes = facts.AllowedVolumes.Count == 0 ? null : [.. facts.AllowedVolumes],
                AllowedPodmanSecrets = facts.AllowedPodmanSecrets.Count == 0 ? null : [.. facts.AllowedPodmanSecrets],
                ClonesGit = facts.ClonesGit,
            };

    private static NodeResources Resources(long cpuMillis, long memoryBytes, int? pids, int runs) =>
        new()
        {
            Cpu = Quantity.FromThousandths(cpuMillis),
            Memory = Quantity.FromBytes(memoryBytes),
            Pids = pids,
            Runs = runs,
        };

    private static Condition Ready(AgentNodeStatus before, NodeView view, NodeReport report)
    {
        if (view is { Connected: true, Problem: { } problem })
        {
            return Condition(NodeConditions.Ready, false, "EngineProblem", problem);
        }

        if (view.Connected)
        {
            return Condition(NodeConditions.Ready, true, Connected, "The bridge is connected and Podman answers.");
        }

        if (before.BridgeVersion is null && report.Facts is null)
        {
            return Condition(NodeConditions.Ready, false, "NeverConnected", "No bridge has connected as this node yet.");
        }

        return report.Lost
            ? Condition(NodeConditions.Ready, false, Lost, "The bridge has been disconnected for longer than its lease. Its runs are lost.")
            : Condition(NodeConditions.Ready, false, "Disconnected", "The bridge is disconnected. Its runs continue until its lease ends.");
    }

    private static Condition Schedulable(Condition ready, NodeView view)
    {
        if (ready.Status != ConditionStatus.True)
        {
            return Condition(NodeConditions.Schedulable, false, "NotReady", ready.Message);
        }

        if (view.Deleted)
        {
            return Condition(NodeConditions.Schedulable, false, "Deleted", "The AgentNode is being deleted, so no new runs are scheduled.");
        }

        if (view.Unschedulable)
        {
            return Condition(
                NodeConditions.Schedulable,
                false,
                "Unschedulable",
                "spec.unschedulable is true, so no new runs are scheduled."
            );
        }

        if (view.MaxRuns == 0)
        {
            return Condition(
                NodeConditions.Schedulable,
                false,
                "NoCapacity",
                "The node takes no runs: spec.maxRuns or the bridge's own limit is 0."
            );
        }

        if (view.DiskPressure is { } pressure)
        {
            return Condition(NodeConditions.Schedulable, false, NodeConditions.DiskPressure, pressure);
        }

        return view.TakesLimits
            ? Condition(NodeConditions.Schedulable, true, "Schedulable", "New runs can be scheduled.")
            : Condition(
                NodeConditions.Schedulable,
                false,
                "LimitsNotEnforceable",
                "Podman cannot enforce the limits of runs. Delegate the cgroup controllers cpu, memory and pids to the bridge's user, or start the bridge with --allow-unenforced-limits."
            );
    }

    private static Condition DiskPressure(NodeFacts facts) =>
        facts.DiskPressure is { } pressure
            ? Condition(NodeConditions.DiskPressure, true, "LowOnSpace", pressure)
            : Condition(NodeConditions.DiskPressure, false, "EnoughSpace", "The node has enough free disk space.");

    private static Condition Condition(string type, bool value, string reason, string message) =>
        new()
        {
            Type = type,
            Status = value ? ConditionStatus.True : ConditionStatus.False,
            Reason = reason,
            Message = message,
        };
}
