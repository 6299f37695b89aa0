namespace Stromboli.Operator.Scheduling;

/// <summary>The order in which waiting runs are looked at, within one pass of the scheduler.</summary>
internal sealed class Turns
{
    private readonly Dictionary<string, Queue<WaitingRun>> _queues;
    private readonly Dictionary<string, int> _counts;
    private readonly PriorityQueue<string, (int Count, DateTimeOffset Oldest, string Namespace)> _namespaces = new(Order);
    private string? _current;

    public Turns(IReadOnlyCollection<WaitingRun> waiting, IReadOnlyCollection<Allocation> allocations)
    {
        _counts = allocations.GroupBy(a => a.Namespace).ToDictionary(g => g.Key, g => g.Count());
        _queues = waiting.GroupBy(r => r.Namespace).ToDictionary(
            g => g.Key,
            g => new Queue<WaitingRun>(g
                .OrderByDescending(r => r.Priority)
                .ThenBy(r => r.CreatedAt)
                .ThenBy(r => r.Name, StringComparer.Ordinal)
                .ThenBy(r => r.UID, StringComparer.Ordinal)));
        foreach (var name in _queues.Keys)
            Line(name);
    }

    private static Comparer<(int Count, DateTimeOffset Oldest, string Namespace)> Order { get; } =
        Comparer<(int Count, DateTimeOffset Oldest, string Namespace)>.Create((a, b) =>
        {
            var order = a.Count.CompareTo(b.Count);
            order = order != 0 ? order : a.Oldest.CompareTo(b.Oldest);
            return order != 0 ? order : string.CompareOrdinal(a.Namespace, b.Namespace);
        });

    /// <summary>The next run, or null at the end.</summary>
    public WaitingRun? Next()
    {
        // A namespace goes back into line only now, when it is known whether its last run counts.
        if (_current is not null)
            Line(_current);
        _current = _namespaces.TryDequeue(out var name, out _) ? name : null;
        return _current is null ? null : _queues[_current].Dequeue();
    }

    /// <summary>The run takes room, or would if there were any: its namespace comes later in the next turn.</summary>
    public void Count(WaitingRun run) => _counts[run.Namespace] = _counts.GetValueOrDefault(run.Namespace) + 1;

    private void Line(string name)
    {
        if (_queues[name].TryPeek(out var head))
            _namespaces.Enqueue(name, (_counts.GetValueOrDefault(name), head.CreatedAt, name));
    }
}
