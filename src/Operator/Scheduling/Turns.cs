namespace Stromboli.Operator.Scheduling;

/// <summary>The order in which waiting runs are looked at, within one pass of the scheduler.</summary>
internal sealed class Turns
{
    private readonly Dictionary<string, Queue<WaitingRun>> _queues;
    private readonly Dictionary<string, int> _counts;
    private readonly IReadOnlyDictionary<string, long> _served;
    private readonly PriorityQueue<string, Rank> _namespaces = new();
    private string? _current;

    /// <param name="waiting">The runs.</param>
    /// <param name="allocations">What is taken by those that wait no more.</param>
    /// <param name="served">When the namespaces were last given room, as numbers that rise.</param>
    public Turns(
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
            Line(name);
        }
    }

    /// <summary>The next run, or null at the end.</summary>
    public WaitingRun? Next()
    {
        // A namespace goes back into line only now, when it is known whether its last run counts.
        if (_current is not null)
        {
            Line(_current);
        }

        _current = _namespaces.TryDequeue(out var name, out _) ? name : null;
        return _current is null ? null : _queues[_current].Dequeue();
    }

    /// <summary>The run takes room, or would if there were any: its namespace comes later in the next turn.</summary>
    public void Count(WaitingRun run) => _counts[run.Namespace] = _counts.GetValueOrDefault(run.Namespace) + 1;

    private void Line(string name)
    {
        if (_queues[name].TryPeek(out var head))
        {
            _namespaces.Enqueue(name, new Rank(_counts.GetValueOrDefault(name), _served.GetValueOrDefault(name), head.CreatedAt, name));
        }
    }

    // Fewest running first; of those that have as many, the one that has waited longest for its turn, else a node with one place would go
    // to one namespace for as long as that has anything older.
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
