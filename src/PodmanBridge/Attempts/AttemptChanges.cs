using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The attempts whose observation changed since the changes were last taken. An attempt that changes several times is listed once.
/// </summary>
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

    /// <summary>Waits until there is a change and takes all changes.</summary>
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

    /// <summary>Forgets the changes so far, because a new link begins with all observations.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _changed.Clear();
            _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
