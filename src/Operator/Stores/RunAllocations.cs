using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Stores;

/// <summary>What the runs hold of their nodes, by their records.</summary>
internal sealed class RunAllocations(RunStore runs) : INodeAllocations
{
    /// <summary>What the live attempt of a run holds of its node; null if there is no live attempt.</summary>
    public static Allocation? Of(AgentRun run, RunDefaults defaults)
    {
        if (run.LiveAttempt() is not { Node: { } node, Attempt: { } attempt })
        {
            return null;
        }

        // The spec is not resolved as a whole, because newer rules may reject it. The attempt still holds its resources.
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

    /// <inheritdoc/>
    public NodeAllocation OnNode(string node) =>
        runs.AllocationsOn(node)
            .Aggregate(
                default(NodeAllocation),
                (sum, a) => new(sum.Runs + 1, sum.CpuMillis + a.CpuMillis, sum.MemoryBytes + a.MemoryBytes, sum.Pids + a.Pids)
            );

    /// <inheritdoc/>
    public void OnChange(Action<string> changed) =>
        runs.Informer.OnChange(change =>
        {
            foreach (var node in new[] { change.Old?.Status?.NodeName, change.New?.Status?.NodeName }.OfType<string>().Distinct())
            {
                changed(node);
            }
        });
}
