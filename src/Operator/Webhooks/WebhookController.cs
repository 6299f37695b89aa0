using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Election;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// Delivers the events of runs to their webhooks. It is level-triggered: what is due follows from the stored run alone, so an operator that
/// starts finds it by the first list.
/// </summary>
internal sealed class WebhookController : IDisposable
{
    // A worker waits for a write. Few of them leave the API server to the reads that precede requests: in a burst, the requests matter more.
    private const int Workers = 4;
    private static readonly TimeSpan FullQueueWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly RunStore _runs;
    private readonly DeliveryLedger _ledger;
    private readonly DeliveryDispatcher _dispatcher;
    private readonly WebhookStatusWriter _writer;
    private readonly EventRecorder _events;
    private readonly WebhookMetrics _metrics;
    private readonly ILeadership _leadership;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _clock;
    private readonly Controller _controller;

    public WebhookController(
        RunStore runs,
        DeliveryLedger ledger,
        DeliveryDispatcher dispatcher,
        WebhookStatusWriter writer,
        EventRecorder events,
        WebhookMetrics metrics,
        ILeadership leadership,
        WebhookOptions options,
        TimeProvider clock,
        ILogger<Controller> logger
    )
    {
        (_runs, _ledger, _dispatcher, _writer, _events) = (runs, ledger, dispatcher, writer, events);
        (_metrics, _leadership, _options, _clock) = (metrics, leadership, options, clock);
        runs.Informer.OnChange(change =>
        {
            if (change.Type == ChangeType.Deleted)
            {
                ledger.Forget(change.Object.UID());
            }
        });
        _controller = Controller
            .For(runs.Informer, IsNews)
            .Build(
                new ControllerOptions
                {
                    Name = "webhooks",
                    Workers = Workers,
                    MaxBackoff = LongestBackoff,
                },
                ReconcileAsync,
                clock,
                logger
            );
        dispatcher.Ended += Ended;
    }

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _leadership.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        await _controller.RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dispatcher.Ended -= Ended;
        _controller.Dispose();
    }

    // Our own writes change neither an event nor the annotation.
    private static bool IsNews(StoreChange<AgentRun> change) =>
        change.New is { Spec.Webhooks.Count: > 0 } run
        && (
            change.Old is not { } old
            || AskedBy(old) != AskedBy(run)
            || !RunWebhookEvents.Of(old).SequenceEqual(RunWebhookEvents.Of(run), StringComparer.Ordinal)
        );

    private static string? AskedBy(AgentRun run) => run.Metadata.Annotations?.GetValueOrDefault(RunAnnotations.RedeliverWebhooks);

    private void Ended(Delivery delivery) => _controller.Enqueue(delivery.Run);

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (_runs.Informer.Store.Get(key) is not { Spec.Webhooks.Count: > 0 } run)
        {
            return ReconcileResult.Done;
        }

        if (!_leadership.IsLeader)
        {
            return ReconcileResult.Backoff;
        }

        var (ends, underWay) = _ledger.Of(run.UID());
        var plan = WebhookPlan.Of(run, ends, underWay, _options.Schedule, _clock.GetUtcNow(), Random.Shared.NextDouble);
        if (plan.Store is { } deliveries)
        {
            if (await _writer.StoreAsync(run, deliveries, cancellationToken) is null)
            {
                _ledger.Forget(run.UID());
                return ReconcileResult.Done;
            }

            Report(run, plan);
        }

        _ledger.Stored(run.UID(), ends);
        foreach (var end in ends)
        {
            _metrics.Attempted(end.Result.Outcome);
        }

        var isFull = plan.Send.Select(_dispatcher.TryAdd).ToList().Contains(false);
        return isFull ? ReconcileResult.After(FullQueueWait)
            : plan.LookAgain is { } time ? ReconcileResult.After(Longer(time - _clock.GetUtcNow(), ShortestWait))
            : ReconcileResult.Done;
    }

    private void Report(AgentRun run, WebhookPlan plan)
    {
        foreach (var delivery in plan.Ended)
        {
            var host = new Uri(delivery.Url!).Host;
            var (type, reason, note) =
                delivery.Delivered == true
                    ? (EventType.Normal, "WebhookDelivered", $"Delivered {delivery.Event} to {host} (attempt {delivery.Attempts}).")
                    : (
                        EventType.Warning,
                        "WebhookFailed",
                        $"Gave up delivering {delivery.Event} to {host} after {delivery.Attempts} attempts: {delivery.LastError}"
                    );
            _events.Record(run, type, reason, reason, note);
            if (delivery.Delivered != true)
            {
                _metrics.GaveUp();
            }
        }
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
