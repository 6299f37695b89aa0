using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// Finds the nodes that can take a run, apart from their free room; pure. The first step that leaves no node gives the reason and
/// the message.
/// </summary>
internal static class NodeFilter
{
    /// <summary>Returns the nodes that can take the run once they have room, or why there is none.</summary>
    public static (IReadOnlyList<NodeLoad> Nodes, Placement? Refusal) Apply(WaitingRun run, IReadOnlyList<NodeLoad> all)
    {
        if (all.Count == 0)
        {
            return ([], Placement.Waits(RunReason.WaitingForNode, "Waiting for a node: none has joined yet."));
        }

        List<NodeLoad> matching = [.. all.Where(n => Matches(run, n.Node))];
        if (matching.Count == 0)
        {
            return ([], Placement.Waits(RunReason.NoNodeMatches, NothingMatches(run, all)));
        }

        List<NodeLoad> large = [.. matching.Where(n => !IsUp(n.Node) || n.IsLargeEnough(run))];
        if (large.Count == 0)
        {
            return ([], Placement.Waits(RunReason.NoNodeMatches, NothingIsLargeEnough(run, matching)));
        }

        var (permitted, denial) = Permitted(run, large);
        if (denial is not null)
        {
            return ([], denial);
        }

        List<NodeLoad> up = [.. permitted.Where(n => IsUp(n.Node))];
        if (up.Count == 0)
        {
            return ([], Placement.Waits(RunReason.WaitingForNode, NothingIsUp(permitted)));
        }

        List<NodeLoad> measuring = run.HasStorageLimit ? [.. up.Where(n => n.Node.KeepsStorageLimits)] : up;
        if (measuring.Count == 0)
        {
            return ([], Placement.Waits(RunReason.LimitsNotEnforceable, NothingMeasures(up)));
        }

        List<NodeLoad> able = [.. measuring.Where(n => n.Node.TakesLimits)];
        if (able.Count == 0)
        {
            return ([], Placement.Waits(RunReason.LimitsNotEnforceable, NothingEnforces(measuring)));
        }

        List<NodeLoad> others = [.. able.Where(n => n.Node.Name != run.Avoid)];
        return (others.Count > 0 ? others : able, null);
    }

    // Disconnected nodes count too: a run waits for a node that permits it. A node with unknown permissions does not count if all known
    // nodes refuse, because it may never connect.
    private static (List<NodeLoad> Nodes, Placement? Denial) Permitted(WaitingRun run, List<NodeLoad> nodes)
    {
        foreach (var need in run.Needs)
        {
            List<NodeView> known = [.. nodes.Select(n => n.Node).Where(n => n.Permissions is not null)];
            if (known.Count > 0 && !known.Exists(n => need.IsMetBy(n.Permissions!)))
            {
                return ([], need.Refusal(known));
            }

            nodes = [.. nodes.Where(n => n.Node.Permissions is not { } permissions || need.IsMetBy(permissions))];
        }

        return (nodes, null);
    }

    private static bool Matches(WaitingRun run, NodeView node) =>
        (run.NodeName is null || run.NodeName == node.Name)
        && run.NodeSelector.All(l => node.Labels.TryGetValue(l.Key, out var value) && value == l.Value);

    private static bool IsUp(NodeView node) =>
        node is { Connected: true, Unschedulable: false, Deleted: false, MaxRuns: > 0, Problem: null, DiskPressure: null };

    private static string NothingMatches(WaitingRun run, IReadOnlyList<NodeLoad> all)
    {
        var named = run.NodeName is null ? all : [.. all.Where(n => n.Node.Name == run.NodeName)];
        if (named.Count == 0)
        {
            return $"spec.nodeName {run.NodeName} does not exist. Nodes: {Names(all)}.";
        }

        var selector = string.Join(',', run.NodeSelector.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
        var missing = run
            .NodeSelector.Where(l => !named.Any(n => n.Node.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
            .Select(l => $"{l.Key}={l.Value}")
            .Order(StringComparer.Ordinal)
            .ToList();
        var why = missing.Count == 0 ? "no node has all of these labels" : $"no node has the label {missing[0]}";
        return $"spec.nodeSelector {selector} matches none of the nodes {Names(named)}: {why}. Set the label in the AgentNode's spec.labels or on the cluster's Node.";
    }

    private static string NothingIsLargeEnough(WaitingRun run, List<NodeLoad> matching)
    {
        var cpu = Quantity.FromThousandths(matching.Max(n => n.Node.CpuMillis));
        var memory = Quantity.FromBytes(matching.Max(n => n.Node.MemoryBytes));
        var pids = matching.Max(n => n.RunPids);
        return $"The run's limits (cpu {Quantity.FromThousandths(run.CpuMillis)}, memory {Quantity.FromBytes(run.MemoryBytes)}, {run.Pids} pids) "
            + $"exceed every matching node, even when idle. The most are cpu {cpu}, memory {memory} and {(pids == int.MaxValue ? "any number of" : $"{pids}")} pids ({Names(matching)}).";
    }

    private static string NothingIsUp(List<NodeLoad> nodes) =>
        $"No matching node can take runs: {NodeNames.List(nodes.Select(n => $"{n.Node.Name} {State(n.Node)}"))}.";

    private static string State(NodeView node) =>
        node switch
        {
            { Connected: false } => "is not connected",
            { Problem: { } problem } => $"has a problem ({problem.TrimEnd('.')})",
            { Deleted: true } => "is being deleted",
            { Unschedulable: true } => "is unschedulable (spec.unschedulable)",
            { MaxRuns: <= 0 } => "takes no runs (maxRuns is 0)",
            _ => $"is short of disk space ({node.DiskPressure?.TrimEnd('.')})",
        };

    private static string NothingEnforces(List<NodeLoad> nodes) =>
        $"Podman on {Names(nodes)} cannot enforce the run's limits. Delegate the cgroup controllers cpu, memory and pids to the bridge's user, "
        + "or start its bridge with --allow-unenforced-limits.";

    private static string NothingMeasures(List<NodeLoad> nodes) =>
        $"The bridge of {Names(nodes)} cannot measure disk use, so it cannot enforce resources.limits.ephemeralStorage or workspace.emptyDir.sizeLimit; "
        + "its log says why. Remove these limits, or start the bridge with --allow-unenforced-limits.";

    private static string Names(IReadOnlyList<NodeLoad> nodes) => NodeNames.List(nodes.Select(n => n.Node.Name));
}
