namespace Stromboli.Operator.Scheduling;

/// <summary>The order in which one pass of the scheduler places the waiting runs: the namespaces take turns.</summary>
internal sealed class FairShare
{
    private readonly Dictionary<string, Queue<WaitingRun>> _queues;
    private readonly Dictionary<string, int> _counts;
    private readonly IReadOnlyDictionary<string, long> _served;
    private readonly PriorityQueue<string, Rank> _namespaces = new();
    private string? _current;

    /// <param name="waiting">The waiting runs.</param>
    /// <param name="allocations">What runs with a node hold.</param>
    /// <param name="served">When each namespace last got room, as rising numbers.</param>
    public FairShare(
        IReadOnlyCollection<WaitingRun> waiting,
        IReadOnlyCollection<Allocation> allocations,
        IReadOnlyDictionary<string, long> served
    )
    {
        _served = served;
        _counts = allocations.GroupBy(a => a.Namespace).ToDictionary(g => g.Key, g => g.Count());
        _queues = waiting
            .GroupBy(r => r.Namespace)
            .ToDictionary(
                g => g.Key,
                g => new Queue<WaitingRun>(
                    g.OrderByDescending(r => r.Priority)
                        .ThenBy(r => r.CreatedAt)
                        .ThenBy(r => r.Name, StringComparer.Ordinal)
                        .ThenBy(r => r.UID, StringComparer.Ordinal)
                )
            );
        foreach (var name in _queues.Keys)
        {
            Enqueue(name);
        }
    }

    /// <summary>The next run, or null at the end.</summary>
    public WaitingRun? Next()
    {
        // A namespace joins the order again only now, because only now it is known whether its last run counts.
        if (_current is not null)
        {
            Enqueue(_current);
        }

        _current = _namespaces.TryDequeue(out var name, out _) ? name : null;
        return _current is null ? null : _queues[_current].Dequeue();
    }

    /// <summary>The run takes room, or would take it if there were any. The next turn of its namespace comes later.</summary>
    public void Count(WaitingRun run) => _counts[run.Namespace] = _counts.GetValueOrDefault(run.Namespace) + 1;

    private void Enqueue(string name)
    {
        if (_queues[name].TryPeek(out var head))
        {
            _namespaces.Enqueue(name, new Rank(_counts.GetValueOrDefault(name), _served.GetValueOrDefault(name), head.CreatedAt, name));
        }
    }

    // The namespace with the fewest running runs is first. Of several, the one that got room longest ago is first. Without this, a node
    // with room for one run would serve one namespace as long as that namespace has the oldest runs.
    private readonly record struct Rank(int Running, long Served, DateTimeOffset Oldest, string Namespace) : IComparable<Rank>
    {
        public int CompareTo(Rank other)
        {
            var order = Running.CompareTo(other.Running);
            order = order != 0 ? order : Served.CompareTo(other.Served);
            order = order != 0 ? order : Oldest.CompareTo(other.Oldest);
            return order != 0 ? order : string.CompareOrdinal(Namespace, other.Namespace);
        }
    }
}
