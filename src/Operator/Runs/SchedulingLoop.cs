using Stromboli.Kubernetes;
using Stromboli.Operator.Election;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Refreshes the queue when room may have become free, and from time to time. A change of a node costs the waiting runs one pass of the
/// scheduler, not a reconcile of each of them.
/// </summary>
internal sealed class SchedulingLoop : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);

    private readonly RunQueue _queue;
    private readonly RunSignals _signals;
    private readonly ILeadership _leadership;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _changed = new(1, 1);

    public SchedulingLoop(RunQueue queue, RunStore runs, RunRemoval removal, RunSignals signals, ILeadership leadership, TimeProvider clock)
    {
        _queue = queue;
        _signals = signals;
        _leadership = leadership;
        _clock = clock;
        signals.RoomFreed += SignalChange;
        queue.Began += SignalChange;
        queue.Woken += uid =>
        {
            if (runs.Find(uid) is { } run)
            {
                signals.Wake(NamespacedName.Of(run));
            }
            else
            {
                removal.Forget(uid);
            }
        };
    }

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Before the nodes are known, every run would be told that there is no node.
            await _leadership.WaitAsync(cancellationToken);
            var wait = Timeout.InfiniteTimeSpan;
            while (true)
            {
                await WaitAsync(wait, cancellationToken);
                var began = _clock.GetTimestamp();
                wait = _queue.Refresh() is { } again ? AtLeastShortest(again - _clock.GetUtcNow()) : Timeout.InfiniteTimeSpan;
                // A pass over a long queue is slow. However often something changes, passes take at most a quarter of the time.
                await Task.Delay(3 * _clock.GetElapsedTime(began), _clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The leader stops.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signals.RoomFreed -= SignalChange;
        _changed.Dispose();
    }

    // All signals before the next pass count as one.
    private void SignalChange()
    {
        try
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another thread has signalled in between, so the pass will come.
        }
    }

    // Waits for a change or until the time is over.
    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(wait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await _changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    private static TimeSpan AtLeastShortest(TimeSpan time) => time > ShortestWait ? time : ShortestWait;
}
