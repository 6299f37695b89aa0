using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// Writes events.k8s.io/v1 events in the background. Recording never waits and never throws. Events that are too many, or cannot be
/// written, are dropped and counted (<c>kubernetes.events.dropped</c>). A repeated event becomes a series of the first.
/// </summary>
public sealed partial class EventRecorder
{
    private const int Tries = 4;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly KubeClient _client;
    private readonly EventRecorderOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    // All events about one object take the same channel, so that they are written in order.
    private readonly Channel<Pending>[] _queues;
    private readonly EventSeriesTable _series;
    private readonly RateLimiter _limiter;
    private long _unique;
    private int _waiting;

    /// <summary>Makes a recorder; nothing is written before <see cref="RunAsync"/>.</summary>
    public EventRecorder(KubeClient client, EventRecorderOptions options, TimeProvider? clock = null, ILogger<EventRecorder>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _logger = logger ?? NullLogger<EventRecorder>.Instance;
        _queues =
        [
            .. Enumerable
                .Range(0, options.Writers)
                .Select(_ => Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true })),
        ];
        _series = new(options, _clock);
        _limiter = new(options.EventsPerSecond, options.Burst, _clock);
        _unique = _clock.GetUtcNow().UtcTicks;
    }

    private enum Outcome
    {
        Written,
        Gone,
        Failed,
    }

    /// <summary>Records an event about an object.</summary>
    /// <param name="regarding">The object; only its identity is kept.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">CamelCase word for programs.</param>
    /// <param name="action">CamelCase word for what was done.</param>
    /// <param name="note">A sentence for a person, cut at 1 KiB. Never anything secret.</param>
    /// <param name="related">A second object.</param>
    public void Record(
        IKubernetesObject regarding,
        EventType type,
        string reason,
        string action,
        string note,
        IKubernetesObject? related = null
    )
    {
        var reference = ObjectReference.To(regarding);
        var key = EventKey.Of(reference, type, EventFactory.Word(reason), EventFactory.Word(action), EventFactory.Note(note));
        if (Interlocked.Increment(ref _waiting) > _options.QueueLength)
        {
            Interlocked.Decrement(ref _waiting);
            KubeMetrics.CountDropped(KubeMetrics.DropCauses.QueueFull);
            return;
        }

        var queue = _queues[(int)((uint)key.Target.GetHashCode() % _queues.Length)];
        queue.Writer.TryWrite(new(reference, related is null ? null : ObjectReference.To(related), key, _clock.GetUtcNow()));
    }

    /// <summary>
    /// Writes events until cancelled, then for <see cref="EventRecorderOptions.FlushTimeout"/> those that still wait. Returns without an
    /// exception.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll([
            SeriesLoopAsync(cancellationToken),
            .. _queues.Select(queue => WriteLoopAsync(queue.Reader, cancellationToken)),
        ]);
        using var flush = new CancellationTokenSource(_options.FlushTimeout, _clock);
        try
        {
            await Task.WhenAll(_queues.Select(queue => FlushAsync(queue.Reader, flush.Token)));
            await WriteSeriesAsync(all: true, flush.Token);
        }
        catch (OperationCanceledException)
        {
            Log.NotFlushed(_logger, Volatile.Read(ref _waiting));
        }
    }

    private async Task WriteLoopAsync(ChannelReader<Pending> queue, CancellationToken cancellationToken)
    {
        try
        {
            while (await queue.WaitToReadAsync(cancellationToken))
            {
                // The event is read last, right before it is written: a cancelled wait must not lose an event.
                while (!cancellationToken.IsCancellationRequested && queue.TryRead(out var pending))
                {
                    await WriteAsync(pending, CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // shutdown
        }
    }

    private async Task SeriesLoopAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(_options.SeriesInterval / 2, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancellationToken.IsCancellationRequested)
            {
                await WriteSeriesAsync(all: false, CancellationToken.None);
            }
        }
    }

    private async Task WriteAsync(Pending pending, CancellationToken cancellationToken)
    {
        Interlocked.Decrement(ref _waiting);
        switch (_series.Add(pending.Key))
        {
            case EventSeriesTable.Verdict.TooMany:
                KubeMetrics.CountDropped(KubeMetrics.DropCauses.PerObject);
                return;
            case EventSeriesTable.Verdict.Repeated:
                return;
        }

        var made = EventFactory.Make(_options, pending.Regarding, pending.Related, pending.Key, pending.Time, Unique());
        var outcome = await TryWriteAsync(() => _client.CreateAsync(BuiltIn.Events, made, null, cancellationToken), cancellationToken);
        if (outcome == Outcome.Written)
        {
            _series.Written(pending.Key, NamespacedName.Of(made));
            return;
        }

        _series.Forget(pending.Key);
        KubeMetrics.CountDropped(KubeMetrics.DropCauses.Failed);
    }

    private async Task FlushAsync(ChannelReader<Pending> queue, CancellationToken cancellationToken)
    {
        while (queue.TryRead(out var pending))
        {
            await WriteAsync(pending, cancellationToken);
        }
    }

    // The time, or one more than what was given last.
    private long Unique()
    {
        while (true)
        {
            var last = Interlocked.Read(ref _unique);
            var next = Math.Max(last + 1, _clock.GetUtcNow().UtcTicks);
            if (Interlocked.CompareExchange(ref _unique, next, last) == last)
            {
                return next;
            }
        }
    }

    private async Task WriteSeriesAsync(bool all, CancellationToken cancellationToken)
    {
        foreach (var (key, name, count, lastSeen) in _series.TakeGrown(all))
        {
            var patch = new JsonObject
            {
                ["series"] = new JsonObject
                {
                    ["count"] = count,
                    ["lastObservedTime"] = lastSeen.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
                },
            };
            var outcome = await TryWriteAsync(
                () => _client.MergePatchAsync(BuiltIn.Events, name, patch, cancellationToken: cancellationToken),
                cancellationToken
            );
            if (outcome == Outcome.Gone)
            {
                _series.Forget(key);
            }
        }
    }

    private async Task<Outcome> TryWriteAsync(Func<Task<Event>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _limiter.WaitAsync(cancellationToken);
                await write();
                return Outcome.Written;
            }
            catch (ApiException e) when (e.IsAlreadyExists)
            {
                return Outcome.Written; // the first try's answer was lost
            }
            catch (ApiException e) when (e.IsTransient && attempt < Tries)
            {
                await Task.Delay(RetryDelay * attempt, _clock, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(_logger, e.Message);
                return e is ApiException { IsNotFound: true } ? Outcome.Gone : Outcome.Failed;
            }
        }
    }

    private sealed record Pending(ObjectReference Regarding, ObjectReference? Related, EventKey Key, DateTimeOffset Time);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "An event cannot be written: {Cause}")]
        public static partial void Failed(ILogger logger, string cause);

        [LoggerMessage(LogLevel.Warning, "{Count} events were not written before the end")]
        public static partial void NotFlushed(ILogger logger, int count);
    }
}
