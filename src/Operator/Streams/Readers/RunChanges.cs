using Stromboli.Kubernetes;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Streams.Readers;

/// <summary>Lets readers wait for a change of a run.</summary>
internal sealed class RunChanges
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, TaskCompletionSource> _waiting = [];

    public RunChanges(RunStore runs) => runs.Informer.OnChange(change => Wake(NamespacedName.Of(change.Object)));

    /// <summary>
    /// Returns a task that completes with the next change of the run. To miss no change, call this before you look at the run.
    /// </summary>
    public Task NextAsync(NamespacedName run)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(run, out var signal))
            {
                _waiting[run] = signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return signal.Task;
        }
    }

    private void Wake(NamespacedName run)
    {
        TaskCompletionSource? signal;
        lock (_lock)
        {
            _waiting.Remove(run, out signal);
        }

        signal?.TrySetResult();
    }
}
