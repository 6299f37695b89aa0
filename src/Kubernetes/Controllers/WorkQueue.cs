namespace Stromboli.Kubernetes;

/// <summary>
/// A work queue as in client-go: a key waits at most once, is never handed to two workers at the same time, and waits again if it was added
/// while a worker had it. Memory grows with the distinct keys that wait, are worked on, or fail.
/// </summary>
/// <typeparam name="TKey">A key with value equality.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly GroupedQueue<TKey> _queue;
    private readonly HashSet<TKey> _dirty = [];
    private readonly HashSet<TKey> _processing = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Queue<TaskCompletionSource<TKey>> _waiting = [];
    private readonly DelayedKeys<TKey> _delayed;
    private readonly TimeSpan _minBackoff;
    private readonly TimeSpan _maxBackoff;
    private readonly WorkQueueMetrics<TKey>? _metrics;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="minBackoff">Wait after a key's first failure; doubles each time. 5 ms if null.</param>
    /// <param name="maxBackoff">Longest wait after a failure. 5 minutes if null.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="groupOf">
    /// Groups whose keys are taken in turn, so that many keys of one do not delay those of another. All keys are one group if null.
    /// </param>
    /// <param name="name">The queue's name in metrics; without one it is not measured.</param>
    public WorkQueue(
        TimeSpan? minBackoff = null,
        TimeSpan? maxBackoff = null,
        TimeProvider? clock = null,
        Func<TKey, string>? groupOf = null,
        string? name = null
    )
    {
        _metrics = name is null ? null : new WorkQueueMetrics<TKey>(name, clock ?? TimeProvider.System);
        _queue = new(groupOf ?? (static _ => ""));
        _minBackoff = minBackoff ?? TimeSpan.FromMilliseconds(5);
        _maxBackoff = maxBackoff ?? TimeSpan.FromMinutes(5);
        _delayed = new DelayedKeys<TKey>(clock ?? TimeProvider.System, Add);
    }

    /// <summary>How many keys wait for a worker.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    internal int DelayedEntries => _delayed.Entries;

    /// <summary>Adds a key; nothing happens if it already waits.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            if (!_dirty.Add(key))
            {
                return;
            }

            _metrics?.Added(key);
            if (!_processing.Contains(key))
            {
                Enqueue(key);
            }
        }
    }

    /// <summary>Adds a key after a time. If a key has several times, the earliest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
        }
        else
        {
            _delayed.Add(key, delay);
        }
    }

    /// <summary>Adds a key after its backoff, which doubles with each call until <see cref="Forget"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="atLeast">Wait at least this long.</param>
    /// <returns>The wait.</returns>
    public TimeSpan AddWithBackoff(TKey key, TimeSpan atLeast = default)
    {
        int failures;
        lock (_gate)
        {
            _failures[key] = failures = _failures.GetValueOrDefault(key) + 1;
        }

        _metrics?.Retried();

        var wait = _minBackoff * Math.Pow(2, Math.Min(failures - 1, 32));
        if (wait > _maxBackoff)
        {
            wait = _maxBackoff;
        }

        if (wait < atLeast)
        {
            wait = atLeast;
        }

        AddAfter(key, wait);
        return wait;
    }

    /// <summary>How often the key failed since it was last forgotten.</summary>
    public int Failures(TKey key)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    /// <summary>The key succeeded: its next failure waits the shortest time.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Waits for a key and takes it. <see cref="Done"/> must follow, whatever happens.</summary>
    public async Task<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<TKey> turn;
        lock (_gate)
        {
            if (_queue.TryDequeue(out var key))
            {
                return Start(key);
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        await using (
            cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<TKey>)state!).TrySetCanceled(token), turn)
        )
        {
            return await turn.Task;
        }
    }

    /// <summary>The worker is done with the key; if it was added meanwhile, it waits again.</summary>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            if (!_processing.Remove(key))
            {
                return;
            }

            _metrics?.Done(key);
            if (_dirty.Contains(key))
            {
                Enqueue(key);
            }
        }
    }

    /// <summary>Stops the timer of delayed keys.</summary>
    public void Dispose() => _delayed.Dispose();

    private void Enqueue(TKey key)
    {
        while (_waiting.TryDequeue(out var turn))
        {
            // A worker that no longer waits leaves the key to the next worker.
            if (turn.TrySetResult(key))
            {
                Start(key);
                return;
            }
        }

        _queue.Enqueue(key);
    }

    private TKey Start(TKey key)
    {
        _dirty.Remove(key);
        _processing.Add(key);
        _metrics?.Taken(key);
        return key;
    }
}
