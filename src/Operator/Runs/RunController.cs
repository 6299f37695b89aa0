using Stromboli.Kubernetes;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Brings to each run what concerns it: its own changes, what nodes observe of it, changes of its node, the scheduler's answers. A change
/// of a node costs the runs that wait one pass of the scheduler, not a look at each.
/// </summary>
internal sealed class RunController : IDisposable
{
    private readonly RunStore _runs;
    private readonly RunQueue _queue;
    private readonly InputWaits _waits;
    private readonly INodeRegistry _nodes;
    private readonly ILeadership _leadership;
    private readonly TimeProvider _clock;
    private readonly Controller _controller;
    private readonly SemaphoreSlim _changed = new(1, 1);

    public RunController(
        RunStore runs,
        RunQueue queue,
        RunExecutor executor,
        RunSignals signals,
        InputWaits waits,
        INodeRegistry nodes,
        ILeadership leadership,
        RunOptions options,
        TimeProvider clock,
        ILogger<Controller> logger
    )
    {
        _runs = runs;
        _queue = queue;
        _waits = waits;
        _nodes = nodes;
        _leadership = leadership;
        _clock = clock;
        // Before the controller's own handler, so that a run that is gone is off its node before anything else.
        runs.Informer.OnChange(change =>
        {
            if (change.Type == ChangeType.Deleted)
            {
                executor.Deleted(change.Object);
            }
        });
        _controller = Controller
            .For(runs.Informer, runs.IsNews)
            .Build(
                new ControllerOptions
                {
                    Name = "runs",
                    Workers = options.Workers,
                    MaxBackoff = options.MaxBackoff,
                },
                executor.ReconcileAsync,
                clock,
                logger
            );
        executor.Freed += SignalChange;
        signals.Woken += _controller.Enqueue;
        queue.Woken += uid =>
        {
            if (_runs.Find(uid) is { } run)
            {
                _controller.Enqueue(NamespacedName.Of(run));
            }
            else
            {
                executor.Forget(uid);
            }
        };
        queue.Began += SignalChange;
        nodes.Changed += NodeChanged;
    }

    /// <summary>Works until cancelled: while this operator leads. To be called once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_runs.Informer.RunAsync(cancellationToken), WorkAsync(cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Changed -= NodeChanged;
        _controller.Dispose();
        _changed.Dispose();
    }

    // Not before the nodes are known too: every run would be told that there is none.
    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _leadership.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        await Task.WhenAll(_controller.RunAsync(cancellationToken), SchedulingAsync(cancellationToken), _waits.RunAsync(cancellationToken));
    }

    private void NodeChanged(string node)
    {
        foreach (var run in _runs.LiveOnNode(node))
        {
            _controller.Enqueue(NamespacedName.Of(run));
        }

        SignalChange();
    }

    // Any number of signals before the next pass are one.
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
            // Somebody else was faster: the pass will be made.
        }
    }

    private async Task SchedulingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var wait = Timeout.InfiniteTimeSpan;
            while (true)
            {
                await WaitAsync(wait, cancellationToken);
                var began = _clock.GetTimestamp();
                wait = _queue.Refresh() is { } again ? Positive(again - _clock.GetUtcNow()) : Timeout.InfiniteTimeSpan;
                // Over a long queue, passes take a quarter of the time at most, however often something changes.
                await Task.Delay(3 * _clock.GetElapsedTime(began), _clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end that was asked for.
        }
    }

    // Until something changes, or this time is over.
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
            // Time is over.
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.FromMilliseconds(50) ? time : TimeSpan.FromMilliseconds(50);
}
