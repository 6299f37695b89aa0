using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stromboli.Kubernetes;

/// <summary>
/// The library's instruments, all of the meter <see cref="MeterName"/>. <c>kubernetes.client.requests</c> counts tries by verb, group,
/// resource, subresource and code (0: no answer); <c>kubernetes.client.duration</c> is their time to the answer's headers.
/// </summary>
public static class KubeMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Stromboli.Kubernetes";

    // The default buckets of exporters are meant for milliseconds.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    internal static readonly Meter Meter = new(MeterName);

    internal static readonly Counter<long> Reconciles = Meter.CreateCounter<long>(
        "kubernetes.controller.reconciles",
        "{reconcile}",
        "Reconciles by controller and result."
    );

    internal static readonly Histogram<double> ReconcileDuration = Meter.CreateHistogram(
        "kubernetes.controller.duration",
        "s",
        "Duration of reconciles, by controller.",
        tags: null,
        Seconds
    );

    internal static readonly Counter<long> Relists = Meter.CreateCounter<long>(
        "kubernetes.informer.lists",
        "{list}",
        "Complete lists made by informers, by resource."
    );

    internal static readonly Counter<long> DroppedEvents = Meter.CreateCounter<long>(
        "kubernetes.events.dropped",
        "{event}",
        "Events not written, by cause."
    );

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "kubernetes.client.requests",
        "{request}",
        "Requests tried, by verb, resource and code."
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "kubernetes.client.duration",
        "s",
        "Time until the answer's headers, by verb, resource and code.",
        tags: null,
        Seconds
    );

    /// <summary>
    /// Adds zero to every series whose tags are known, because an alert cannot see the first count of a series that did not exist before.
    /// Call it when the exporter listens.
    /// </summary>
    public static void Begin()
    {
        foreach (var cause in DropCauses.All)
        {
            CountDropped(cause, 0);
        }
    }

    internal static void Count(RequestLabels labels, int code, TimeSpan elapsed)
    {
        var tags = new TagList
        {
            { "verb", labels.Verb },
            { "group", labels.Group },
            { "resource", labels.Resource },
            { "subresource", labels.Subresource },
            { "code", code },
        };
        Requests.Add(1, tags);
        Duration.Record(elapsed.TotalSeconds, tags);
    }

    internal static void CountDropped(string cause, int events = 1) =>
        DroppedEvents.Add(events, new KeyValuePair<string, object?>("cause", cause));

    /// <summary>Why an event is not written.</summary>
    internal static class DropCauses
    {
        public const string QueueFull = "queue-full";

        public const string PerObject = "per-object";

        public const string Failed = "failed";

        public static readonly IReadOnlyList<string> All = [QueueFull, PerObject, Failed];
    }
}
