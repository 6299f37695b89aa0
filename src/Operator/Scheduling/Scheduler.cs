using System.Collections.Frozen;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// Places waiting runs on nodes; pure. Namespaces take turns, the one with the fewest running first; within one, priority and then age
/// count. A run that finds no room does not hold back those behind it.
/// </summary>
internal static class Scheduler
{
    private static readonly FrozenDictionary<string, long> NobodyServed = FrozenDictionary<string, long>.Empty;

    /// <summary>Says for every waiting run where it goes or why it waits. Same input, same answer.</summary>
    /// <param name="waiting">The runs.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="allocations">What is taken of them.</param>
    /// <param name="served">When the namespaces were last given room, as numbers that rise; what is not in it came before all
    /// others.</param>
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
        var turns = new Turns(waiting, allocations, served ?? NobodyServed);
        while (turns.Next() is { } run)
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
            turns.Count(run);
            if (choice.Roomiest(run) is { } load)
            {
                load.Take(run.CpuMillis, run.MemoryBytes, run.Pids);
                result[run.UID] = Placement.On(load.Node.Name);
            }
            else
            {
                result[run.UID] = Placement.Queued(++queued, "Every node that matches is full; the run starts when there is room.");
            }
        }
        return result;
    }
}
