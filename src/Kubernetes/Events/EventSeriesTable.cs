namespace Stromboli.Kubernetes;

/// <summary>Remembers recent events, and decides whether an event is new, a repetition, or one too many. Does no I/O.</summary>
internal sealed class EventSeriesTable(EventRecorderOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EventKey, Entry> _entries = [];
    private readonly Dictionary<(string, string, string, string), int> _perObject = [];

    public enum Verdict
    {
        /// <summary>Write it.</summary>
        New,

        /// <summary>It was counted; its series is written later.</summary>
        Repeated,

        /// <summary>The object has reached its limit.</summary>
        TooMany,
    }

    public Verdict Add(EventKey key)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_entries.TryGetValue(key, out var entry))
            {
                if (now - entry.LastSeen < options.SeriesWindow)
                {
                    entry.Count++;
                    entry.LastSeen = now;
                    return Verdict.Repeated;
                }

                Remove(key);
            }

            Expire(now);
            if (_perObject.GetValueOrDefault(key.Target) >= options.PerObject)
            {
                return Verdict.TooMany;
            }

            _entries[key] = new Entry { LastSeen = now, LastWritten = now };
            _perObject[key.Target] = _perObject.GetValueOrDefault(key.Target) + 1;
            return Verdict.New;
        }
    }

    /// <summary>The event exists under this name; repetitions can be written into it.</summary>
    public void Written(EventKey key, NamespacedName name)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                entry.Name = name;
            }
        }
    }

    /// <summary>The event could not be written, or is gone. The next event like it is new.</summary>
    public void Forget(EventKey key)
    {
        lock (_gate)
        {
            Remove(key);
        }
    }

    /// <summary>Series that have grown since they were last written, and may be written again.</summary>
    /// <param name="all">Whether to include series that were written a moment ago.</param>
    public IReadOnlyList<(EventKey Key, NamespacedName Name, int Count, DateTimeOffset LastSeen)> TakeGrown(bool all)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var grown = _entries
                .Where(e =>
                    e.Value.Name is not null
                    && e.Value.Count > e.Value.CountWritten
                    && (all || now - e.Value.LastWritten >= options.SeriesInterval)
                )
                .Select(e => (e.Key, e.Value.Name!.Value, e.Value.Count, e.Value.LastSeen))
                .ToList();
            foreach (var (key, _, _, _) in grown)
            {
                _entries[key].CountWritten = _entries[key].Count;
                _entries[key].LastWritten = now;
            }

            return grown;
        }
    }

    // Runs only when the table is half full, so that a quiet table costs nothing. A dropped series loses only its last count.
    private void Expire(DateTimeOffset now)
    {
        if (_entries.Count < options.MaxSeries && _perObject.Count < options.MaxSeries / 2)
        {
            return;
        }

        foreach (var key in _entries.Where(e => now - e.Value.LastSeen >= options.SeriesWindow).Select(e => e.Key).ToList())
        {
            Remove(key);
        }

        if (_entries.Count < options.MaxSeries)
        {
            return;
        }

        foreach (var key in _entries.OrderBy(e => e.Value.LastSeen).Take(Math.Max(1, options.MaxSeries / 10)).Select(e => e.Key).ToList())
        {
            Remove(key);
        }
    }

    private void Remove(EventKey key)
    {
        if (!_entries.Remove(key))
        {
            return;
        }

        if (--_perObject[key.Target] == 0)
        {
            _perObject.Remove(key.Target);
        }
    }

    private sealed class Entry
    {
        public NamespacedName? Name { get; set; }

        public int Count { get; set; } = 1;

        public int CountWritten { get; set; } = 1;

        public DateTimeOffset LastSeen { get; set; }

        public DateTimeOffset LastWritten { get; set; }
    }
}
