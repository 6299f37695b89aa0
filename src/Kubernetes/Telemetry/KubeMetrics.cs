using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Stromboli.Kubernetes;

/// <summary>
/// The library's instruments, all of the meter <see cref="MeterName"/>. What controller-runtime measures too has its names, so that its
/// dashboards work. <c>kubernetes.client.requests</c> counts tries by verb, group, resource, subresource and code (0: no answer);
/// <c>kubernetes.client.duration</c> is their time to the answer's headers.
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

    private static readonly Counter<long> Reconciles = Meter.CreateCounter<long>(
        "controller_runtime_reconcile",
        "{reconcile}",
        "Reconciles, by controller and result."
    );

    private static readonly Counter<long> ReconcileErrors = Meter.CreateCounter<long>(
        "controller_runtime_reconcile_errors",
        "{reconcile}",
        "Reconciles that failed, by controller."
    );

    private static readonly Histogram<double> ReconcileTime = Meter.CreateHistogram(
        "controller_runtime_reconcile_time",
        "s",
        "Duration of reconciles, by controller.",
        tags: null,
        Seconds
    );

    private static readonly UpDownCounter<long> ActiveWorkers = Meter.CreateUpDownCounter<long>(
        "controller_runtime_active_workers",
        "{worker}",
        "Workers that reconcile at the moment, by controller."
    );

    private static readonly Gauge<long> MaxReconciles = Meter.CreateGauge<long>(
        "controller_runtime_max_concurrent_reconciles",
        "{worker}",
        "Workers, by controller."
    );

    private static readonly Gauge<long> Leaders = Meter.CreateGauge<long>(
        "leader_election_master_status",
        unit: null,
        "1 if this process leads by the Lease of this name, otherwise 0."
    );

    private static readonly Counter<long> ClientRequests = Meter.CreateCounter<long>(
        "rest_client_requests",
        "{request}",
        "Requests tried, by code, method and host. The code <error> got no answer."
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

    /// <summary>Adds zero to the series of a controller.</summary>
    internal static void BeginController(string controller, int workers)
    {
        foreach (var result in ReconcileResults.All)
        {
            Reconciles.Add(0, new TagList { { "controller", controller }, { "result", result } });
        }

        ReconcileErrors.Add(0, Controller(controller));
        ActiveWorkers.Add(0, Controller(controller));
        MaxReconciles.Record(workers, Controller(controller));
    }

    internal static void ReconcileBegan(string controller) => ActiveWorkers.Add(1, Controller(controller));

    internal static void ReconcileEnded(string controller, string result, TimeSpan elapsed)
    {
        ActiveWorkers.Add(-1, Controller(controller));
        Reconciles.Add(1, new TagList { { "controller", controller }, { "result", result } });
        ReconcileTime.Record(elapsed.TotalSeconds, Controller(controller));
        if (result == ReconcileResults.Error)
        {
            ReconcileErrors.Add(1, Controller(controller));
        }
    }

    internal static void Leads(string lease, bool leads) => Leaders.Record(leads ? 1 : 0, new KeyValuePair<string, object?>("name", lease));

    internal static void Count(RequestLabels labels, string method, string host, int code, TimeSpan elapsed)
    {
        ClientRequests.Add(
            1,
            new TagList
            {
                { "code", code == 0 ? "<error>" : code.ToString(CultureInfo.InvariantCulture) },
                { "method", method },
                { "host", host },
            }
        );
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

    private static KeyValuePair<string, object?> Controller(string name) => new("controller", name);

    /// <summary>The results of a reconcile, as controller-runtime names them.</summary>
    internal static class ReconcileResults
    {
        public const string Success = "success";

        public const string Error = "error";

        /// <summary>Again after a backoff, which is no error: the object changed meanwhile, say.</summary>
        public const string Requeue = "requeue";

        public const string RequeueAfter = "requeue_after";

        public static readonly IReadOnlyList<string> All = [Success, Error, Requeue, RequeueAfter];
    }

    /// <summary>Why an event is not written.</summary>
    internal static class DropCauses
    {
        public const string QueueFull = "queue-full";

        public const string PerObject = "per-object";

        public const string Failed = "failed";

        public static readonly IReadOnlyList<string> All = [QueueFull, PerObject, Failed];
    }
}
