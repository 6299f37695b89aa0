using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stromboli.Kubernetes;

/// <summary>
/// Measures a work queue under client-go's names. Not safe for concurrent use, except <see cref="Retried"/>: the queue calls it under its
/// lock.
/// </summary>
/// <typeparam name="TKey">The queue's keys.</typeparam>
internal sealed class WorkQueueMetrics<TKey>
    where TKey : notnull
{
    private readonly TimeProvider _clock;
    private readonly TagList _tags;
    private readonly Dictionary<TKey, long> _added = [];
    private readonly Dictionary<TKey, long> _taken = [];

    public WorkQueueMetrics(string name, TimeProvider clock)
    {
        _clock = clock;
        _tags = new TagList { { "name", name }, { "controller", name } };
        WorkQueueInstruments.Depth.Add(0, _tags);
        WorkQueueInstruments.Adds.Add(0, _tags);
        WorkQueueInstruments.Retries.Add(0, _tags);
    }

    /// <summary>A key begins to wait, or will once its worker is done with it.</summary>
    public void Added(TKey key)
    {
        WorkQueueInstruments.Adds.Add(1, _tags);
        WorkQueueInstruments.Depth.Add(1, _tags);
        _added[key] = _clock.GetTimestamp();
    }

    /// <summary>A worker takes a key.</summary>
    public void Taken(TKey key)
    {
        WorkQueueInstruments.Depth.Add(-1, _tags);
        if (_added.Remove(key, out var since))
        {
            WorkQueueInstruments.QueueDuration.Record(_clock.GetElapsedTime(since).TotalSeconds, _tags);
        }

        _taken[key] = _clock.GetTimestamp();
    }

    /// <summary>The worker is done with a key.</summary>
    public void Done(TKey key)
    {
        if (_taken.Remove(key, out var since))
        {
            WorkQueueInstruments.WorkDuration.Record(_clock.GetElapsedTime(since).TotalSeconds, _tags);
        }
    }

    /// <summary>A key failed and is added again after its backoff.</summary>
    public void Retried() => WorkQueueInstruments.Retries.Add(1, _tags);
}

/// <summary>The instruments of all work queues.</summary>
internal static class WorkQueueInstruments
{
    // client-go's buckets, from 10 ns on, are too fine: a queue that is not late is in the first bucket.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.001, 0.01, 0.1, 1, 10, 60, 300],
    };

    public static readonly UpDownCounter<long> Depth = KubeMetrics.Meter.CreateUpDownCounter<long>(
        "workqueue_depth",
        "{key}",
        "Keys that wait, by queue."
    );

    public static readonly Counter<long> Adds = KubeMetrics.Meter.CreateCounter<long>("workqueue_adds", "{key}", "Keys added, by queue.");

    public static readonly Counter<long> Retries = KubeMetrics.Meter.CreateCounter<long>(
        "workqueue_retries",
        "{key}",
        "Keys that failed and were added again, by queue."
    );

    public static readonly Histogram<double> QueueDuration = KubeMetrics.Meter.CreateHistogram(
        "workqueue_queue_duration",
        "s",
        "How long keys wait, by queue.",
        tags: null,
        Seconds
    );

    public static readonly Histogram<double> WorkDuration = KubeMetrics.Meter.CreateHistogram(
        "workqueue_work_duration",
        "s",
        "How long a key is worked on, by queue.",
        tags: null,
        Seconds
    );
}
