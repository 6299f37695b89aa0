using System.Collections.Frozen;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// Places waiting runs on nodes; pure. Namespaces take turns, the one with the fewest running runs first. Within a namespace, priority and
/// then age decide. A run that finds no room does not hold back the runs behind it.
/// </summary>
internal static class Scheduler
{
    private static readonly FrozenDictionary<string, long> NeverServed = FrozenDictionary<string, long>.Empty;

    /// <summary>Returns for every waiting run where it goes or why it waits. The same input gives the same answer.</summary>
    /// <param name="waiting">The waiting runs.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="allocations">What is taken of the nodes.</param>
    /// <param name="served">When each namespace last got room, as rising numbers. A namespace that is missing comes first.</param>
    public static IReadOnlyDictionary<string, Placement> Place(
        IReadOnlyCollection<WaitingRun> waiting,
        IReadOnlyCollection<NodeView> nodes,
        IReadOnlyCollection<Allocation> allocations,
        IReadOnlyDictionary<string, long>? served = null
    )
    {
        var loads = nodes.OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => new NodeLoad(n)).ToList();
        var byName = loads.ToDictionary(l => l.Node.Name);
        foreach (var allocation in allocations)
        {
            byName.GetValueOrDefault(allocation.Node)?.Take(allocation.CpuMillis, allocation.MemoryBytes, allocation.Pids);
        }

        var result = new Dictionary<string, Placement>(waiting.Count);
        var demands = new Dictionary<RunDemand, NodeChoice>();
        var queued = 0;
        var order = new FairShare(waiting, allocations, served ?? NeverServed);
        while (order.Next() is { } run)
        {
            var demand = RunDemand.Of(run);
            if (!demands.TryGetValue(demand, out var choice))
            {
                demands[demand] = choice = NodeChoice.For(run, loads);
            }

            if (choice.Refusal is not null)
            {
                result[run.UID] = choice.Refusal;
                continue;
            }
            order.Count(run);
            if (choice.Roomiest(run) is { } load)
            {
                load.Take(run.CpuMillis, run.MemoryBytes, run.Pids);
                result[run.UID] = Placement.On(load.Node.Name);
            }
            else
            {
                result[run.UID] = Placement.Queued(++queued, "Waiting for room: all matching nodes are full.");
            }
        }
        return result;
    }
}
