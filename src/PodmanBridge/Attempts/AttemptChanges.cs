using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>The attempts whose observation changed since it was last asked for: however often one changes, it stands here once.</summary>
internal sealed class AttemptChanges
{
    private readonly Lock _lock = new();
    private readonly HashSet<AttemptKey> _changed = [];
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Notes that an attempt changed.</summary>
    public void Add(AttemptKey key)
    {
        lock (_lock)
        {
            _changed.Add(key);
            _signal.TrySetResult();
        }
    }

    /// <summary>Waits until there is a change and takes all there are.</summary>
    public async Task<IReadOnlyCollection<AttemptKey>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signalled;
            lock (_lock)
            {
                if (_changed.Count > 0)
                {
                    AttemptKey[] taken = [.. _changed];
                    _changed.Clear();
                    _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    return taken;
                }

                signalled = _signal.Task;
            }

            await signalled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets what is noted: a new link begins with all observations.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _changed.Clear();
            _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
