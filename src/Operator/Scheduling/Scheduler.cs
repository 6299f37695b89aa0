using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// Places waiting runs on nodes; pure. Namespaces take turns, the one with the fewest running first; within one, priority and then age count.
/// A run that finds no room does not hold back those behind it.
/// </summary>
internal static class Scheduler
{
    /// <summary>Says for every waiting run where it goes or why it waits. Same input, same answer.</summary>
    public static IReadOnlyDictionary<string, Placement> Place(
        IReadOnlyCollection<WaitingRun> waiting,
        IReadOnlyCollection<NodeView> nodes,
        IReadOnlyCollection<Allocation> allocations)
    {
        var loads = nodes.OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => new NodeLoad(n)).ToList();
        var byName = loads.ToDictionary(l => l.Node.Name);
        foreach (var allocation in allocations)
            byName.GetValueOrDefault(allocation.Node)?.Take(allocation.CpuMillis, allocation.MemoryBytes);

        var result = new Dictionary<string, Placement>(waiting.Count);
        var queued = 0;
        var turns = new Turns(waiting, allocations);
        while (turns.Next() is { } run)
        {
            var (able, refusal) = NodeFilter.Apply(run, loads);
            if (refusal is not null)
            {
                result[run.UID] = refusal;
                continue;
            }
            turns.Count(run);
            if (Roomiest(run, able) is { } load)
            {
                load.Take(run.CpuMillis, run.MemoryBytes);
                result[run.UID] = Placement.On(load.Node.Name);
            }
            else
            {
                result[run.UID] = Placement.Queued(++queued, "Every node that matches is full; the run starts when there is room.");
            }
        }
        return result;
    }

    private static NodeLoad? Roomiest(WaitingRun run, IReadOnlyList<NodeLoad> nodes) =>
        nodes.Where(n => n.HasRoom(run)).MinBy(n => n.Fraction);
}
