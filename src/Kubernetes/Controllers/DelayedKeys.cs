namespace Stromboli.Kubernetes;

/// <summary>Keys that are due later: a heap with one timer, set to the earliest.</summary>
internal sealed class DelayedKeys<TKey> : IDisposable
    where TKey : notnull
{
    // A sum that overflows would be due at once, again and again. A key that comes early only costs a reconcile.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly Action<TKey> _due;
    private readonly ITimer _timer;
    private readonly Dictionary<TKey, long> _times = [];
    private PriorityQueue<TKey, long> _heap = new();

    public DelayedKeys(TimeProvider clock, Action<TKey> due)
    {
        _clock = clock;
        _due = due;
        _timer = clock.CreateTimer(
            static state => ((DelayedKeys<TKey>)state!).Fire(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public int Entries
    {
        get
        {
            lock (_gate)
            {
                return _heap.Count;
            }
        }
    }

    public void Add(TKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            var time = _clock.GetTimestamp() + (long)((delay < Longest ? delay : Longest).TotalSeconds * _clock.TimestampFrequency);
            if (_times.TryGetValue(key, out var known) && known <= time)
            {
                return;
            }

            _times[key] = time;
            _heap.Enqueue(key, time);
            DropStale();
            SetTimer();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        List<TKey> due = [];
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            while (_heap.TryPeek(out var key, out var time) && time <= now)
            {
                _heap.Dequeue();
                if (_times.TryGetValue(key, out var known) && known == time && _times.Remove(key))
                {
                    due.Add(key);
                }
            }

            SetTimer();
        }

        foreach (var key in due)
        {
            _due(key);
        }
    }

    // A key that was moved forward leaves its old entry behind.
    private void DropStale()
    {
        if (_heap.Count > 64 && _heap.Count > 2 * _times.Count)
        {
            _heap = new(_times.Select(entry => (entry.Key, entry.Value)));
        }
    }

    private void SetTimer()
    {
        if (!_heap.TryPeek(out _, out var time))
        {
            return;
        }
        // Timers have whole milliseconds. Without rounding up, the timer would fire repeatedly just before the time.
        var wait = Math.Ceiling((time - _clock.GetTimestamp()) * 1000.0 / _clock.TimestampFrequency);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
