using System.Threading.Channels;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Webhooks;

/// <summary>Makes the attempts that the controller asks for, as many at one time as <see cref="DeliveryQueue"/> lets through.</summary>
internal sealed partial class DeliveryDispatcher(
    IWebhookSender sender,
    DeliveryLedger ledger,
    WebhookOptions options,
    TimeProvider clock,
    ILogger<DeliveryDispatcher> logger
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly DeliveryQueue _queue = new(options);
    private readonly HashSet<Task> _underWay = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    /// <summary>An attempt has ended, and <see cref="DeliveryLedger"/> has its end.</summary>
    public event Action<Delivery>? Ended;

    /// <summary>Adds an attempt.</summary>
    /// <returns>False if too many wait. Ask again later.</returns>
    public bool TryAdd(Delivery delivery)
    {
        if (!ledger.TryBegin(delivery))
        {
            return true;
        }

        lock (_gate)
        {
            if (_queue.TryAdd(delivery))
            {
                _wake.Writer.TryWrite(true);
                return true;
            }
        }

        ledger.End(delivery, end: null);
        return false;
    }

    /// <summary>Works until it is cancelled, and then ends the attempts that are under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                while (Take() is { } delivery)
                {
                    Track(AttemptAsync(delivery, cancellationToken));
                }

                await WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The leader stops.
        }

        Task[] rest;
        lock (_gate)
        {
            rest = [.. _underWay];
        }

        await Task.WhenAll(rest);
    }

    private Delivery? Take()
    {
        lock (_gate)
        {
            return _queue.TryTake(clock.GetUtcNow(), out var delivery) ? delivery : null;
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? pauseEnd;
        lock (_gate)
        {
            pauseEnd = _queue.NextPauseEnd(clock.GetUtcNow());
        }

        if (pauseEnd is not { } end)
        {
            await _wake.Reader.ReadAsync(cancellationToken);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = end - clock.GetUtcNow();
        var waits = Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, clock, either.Token);
        await Task.WhenAny(_wake.Reader.WaitToReadAsync(either.Token).AsTask(), waits);
        await either.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        _wake.Reader.TryRead(out _);
    }

    private void Track(Task attempt)
    {
        lock (_gate)
        {
            _underWay.Add(attempt);
        }

        _ = attempt.ContinueWith(
            ended =>
            {
                lock (_gate)
                {
                    _underWay.Remove(ended);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    private async Task AttemptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        // Leaves the dispatcher's thread even when the sender never waits.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        DeliveryEnd? end = null;
        try
        {
            if (await sender.SendAsync(delivery, cancellationToken) is { } result)
            {
                end = new(delivery, clock.GetUtcNow(), result);
                Log.Attempted(logger, delivery.Run, delivery.Event, delivery.Host, result.Outcome, result.StatusCode, result.Error);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nothing is stored, so the next leader makes this attempt again.
        }
        catch (Exception e)
        {
            Log.Failed(logger, delivery.Run, delivery.Event, delivery.Host, e);
            end = new(delivery, clock.GetUtcNow(), DeliveryResult.Failure("The request could not be made: see the operator's log."));
        }

        lock (_gate)
        {
            _queue.Done(delivery, PauseOf(end));
            _wake.Writer.TryWrite(true);
        }

        if (ledger.End(delivery, end))
        {
            Ended?.Invoke(delivery);
        }
    }

    private static DateTimeOffset? PauseOf(DeliveryEnd? end) =>
        end is { Result: { IsSlowDown: true } result }
            ? end.At + ((result.RetryAfter ?? Pause) is var pause && pause < LongestPause ? pause : LongestPause)
            : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Run}: {Event} to {Host}: {Outcome} {StatusCode} {Error}")]
        public static partial void Attempted(
            ILogger logger,
            NamespacedName run,
            string @event,
            string host,
            DeliveryOutcome outcome,
            int? statusCode,
            string? error
        );

        [LoggerMessage(LogLevel.Error, "{Run}: {Event} to {Host}: the request could not be made")]
        public static partial void Failed(ILogger logger, NamespacedName run, string @event, string host, Exception error);
    }
}
