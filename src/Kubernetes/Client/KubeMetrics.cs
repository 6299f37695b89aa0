using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stromboli.Kubernetes;

/// <summary>
/// The library's instruments, all of the meter <see cref="MeterName"/>. <c>kubernetes.client.requests</c> counts tries by verb, group, resource,
/// subresource and code (0: no answer); <c>kubernetes.client.duration</c> is their time to the answer's headers.
/// </summary>
public static class KubeMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Stromboli.Kubernetes";

    internal static readonly Meter Meter = new(MeterName);

    internal static readonly Counter<long> Reconciles = Meter.CreateCounter<long>("kubernetes.controller.reconciles", "{reconcile}", "Reconciles by controller and result");

    internal static readonly Histogram<double> ReconcileDuration = Meter.CreateHistogram<double>("kubernetes.controller.duration", "s", "Duration of reconciles");

    internal static readonly Counter<long> Relists = Meter.CreateCounter<long>("kubernetes.informer.lists", "{list}", "Complete lists made by informers, by resource");

    internal static readonly Counter<long> DroppedEvents = Meter.CreateCounter<long>("kubernetes.events.dropped", "{event}", "Events not written, by cause");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("kubernetes.client.requests", "{request}", "Requests tried, by verb, resource and code");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("kubernetes.client.duration", "s", "Time until the answer's headers");

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
}
