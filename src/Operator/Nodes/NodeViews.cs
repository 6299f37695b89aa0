using Stromboli.Crds.Nodes;

namespace Stromboli.Operator.Nodes;

/// <summary>Builds views of nodes; pure.</summary>
internal static class NodeViews
{
    /// <summary>
    /// Builds the view. What the bridge has not reported to this operator comes from the status that the last leader wrote.
    /// </summary>
    public static NodeView Of(AgentNode node, NodeReport report, IReadOnlyDictionary<string, string> labels, DateTimeOffset lostAt)
    {
        var facts = report.Facts;
        var known = node.Status?.Capacity;
        return new NodeView
        {
            Name = node.Metadata.Name!,
            // A node that returns after its lease has no lease until its first ping is answered. A run placed on it before would be lost
            // at once.
            Connected = report is { ConnectedSince: not null, Resynced: true, Lost: false },
            LostAt = lostAt,
            Labels = labels,
            Unschedulable = node.Spec?.Unschedulable == true,
            Deleted = node.Metadata.DeletionTimestamp is not null,
            MaxRuns = node.Spec?.MaxRuns ?? facts?.MaxRuns ?? known?.Runs ?? 0,
            CpuMillis = facts?.CpuMillis ?? known?.Cpu?.Thousandths ?? 0,
            MemoryBytes = facts?.MemoryBytes ?? known?.Memory?.WholeUnits ?? 0,
            Pids = facts is not null ? facts.Pids : known?.Pids,
            RunPids = facts?.RunPids,
            TakesLimits = facts is not null
                ? NodeFactsRules.TakesLimits(facts)
                : NodeFactsRules.Limits.All(l => node.Status?.EnforcedLimits?.Contains(l) == true),
            KeepsStorageLimits = facts is not null
                ? NodeFactsRules.KeepsStorageLimits(facts)
                : node.Status?.EnforcedLimits?.Contains(NodeLimits.StorageLimit) == true,
            Permissions = NodePermissions.Of(facts, node.Status),
            DiskPressure = facts?.DiskPressure,
            Problem = facts?.Problem,
        };
    }

    /// <summary>Whether two views are the same to a run, that is, except for <see cref="NodeView.LostAt"/>.</summary>
    public static bool Same(NodeView? a, NodeView? b)
    {
        if (a is null || b is null)
        {
            return a is null && b is null;
        }

        return a with { Labels = b.Labels, LostAt = b.LostAt } == b && Same(a.Labels, b.Labels);
    }

    /// <summary>The effective labels.</summary>
    public static IReadOnlyDictionary<string, string> Labels(
        AgentNode node,
        IReadOnlyDictionary<string, string>? reported,
        IReadOnlyDictionary<string, string>? cluster
    )
    {
        var labels = new Dictionary<string, string>();
        foreach (var (key, value) in (cluster ?? new Dictionary<string, string>()).Concat(node.Spec?.Labels ?? []))
        {
            if (!key.StartsWith(NodeLimits.ReportedLabelPrefix, StringComparison.Ordinal))
            {
                labels[key] = value;
            }
        }

        foreach (var (key, value) in reported ?? ReportedBefore(node))
        {
            labels[key] = value;
        }

        return labels;
    }

    private static Dictionary<string, string> ReportedBefore(AgentNode node) =>
        (node.Status?.Labels ?? []).Where(l => l.Key.StartsWith(NodeLimits.ReportedLabelPrefix, StringComparison.Ordinal)).ToDictionary();

    private static bool Same(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(l => b.TryGetValue(l.Key, out var value) && value == l.Value);
}
