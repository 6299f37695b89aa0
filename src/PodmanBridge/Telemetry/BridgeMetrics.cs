using System.Diagnostics.Metrics;
using Stromboli.Crds.Runs;
using Stromboli.Telemetry.Metrics;

namespace Stromboli.PodmanBridge.Telemetry;

/// <summary>
/// The metrics of the bridge, in the meter <c>Stromboli.PodmanBridge</c>. No label comes from a run: neither a namespace nor an image.
/// </summary>
internal static class BridgeMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Stromboli.PodmanBridge";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> StartPhases = Meter.CreateHistogram(
        "stromboli.attempt.start",
        "s",
        "How long the phases of a start take on the node, by phase. The phase total is from the first message to the agent's start.",
        tags: null,
        Buckets.Calls
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "stromboli.attempt.duration",
        "s",
        "How long agents run.",
        tags: null,
        Buckets.Work
    );

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(
        "stromboli.bridge.attempts.ended",
        "{attempt}",
        "Attempts that ended on this node, by reason."
    );

    private static readonly Histogram<double> Pulls = Meter.CreateHistogram(
        "stromboli.image.pull",
        "s",
        "Pulls of images, by result.",
        tags: null,
        Buckets.Waits
    );

    private static readonly Counter<long> Relief = Meter.CreateCounter<long>(
        "stromboli.disk.relief",
        "{removal}",
        "What was removed or ended because the disk was nearly full, by kind."
    );

    private static readonly Counter<long> Links = Meter.CreateCounter<long>(
        "stromboli.bridge.links",
        "{link}",
        "Tries to connect to an operator, by result."
    );

    private static readonly UpDownCounter<long> Connected = Meter.CreateUpDownCounter<long>(
        "stromboli.bridge.connected",
        "{link}",
        "1 while the bridge has a link to the operator, otherwise 0."
    );

    /// <summary>
    /// Starts the counters at zero, because no alert can be written for a series that does not exist yet. Call it when the exporter listens.
    /// </summary>
    public static void Begin()
    {
        foreach (var reason in Enum.GetValues<RunReason>())
        {
            Ended.Add(0, Tag("reason", reason.ToString()));
        }

        foreach (var kind in Enum.GetValues<ReliefKind>())
        {
            Relief.Add(0, Tag("kind", kind.ToString()));
        }

        foreach (var result in Enum.GetValues<LinkResult>())
        {
            Links.Add(0, Tag("result", result.ToString()));
        }

        Connected.Add(0);
    }

    /// <summary>Adds what is asked for when a page is read. Call it once.</summary>
    /// <param name="attempts">How many attempts there are, by stage.</param>
    /// <param name="lease">What is left of the node's lease.</param>
    /// <param name="isPressed">Whether the disk is short of space.</param>
    public static void Observe(Func<IEnumerable<Measurement<int>>> attempts, Func<TimeSpan> lease, Func<bool> isPressed)
    {
        Meter.CreateObservableGauge(
            "stromboli.bridge.attempts",
            attempts,
            "{attempt}",
            "Attempts on the node, by stage. Those that are preparing, held, running or ending have a container."
        );
        Meter.CreateObservableGauge(
            "stromboli.bridge.lease.remaining",
            () => lease().TotalSeconds,
            "s",
            "How long agents may run on without word from the operator."
        );
        Meter.CreateObservableGauge(
            "stromboli.disk.pressure",
            () => isPressed() ? 1 : 0,
            unit: null,
            "1 while the disk has less free than --min-free-space and --min-free-inodes, otherwise 0."
        );
    }

    /// <summary>A phase of a start is over.</summary>
    /// <param name="phase">The phase, from a fixed set.</param>
    /// <param name="elapsed">How long it took.</param>
    public static void StartPhase(string phase, TimeSpan elapsed) => StartPhases.Record(elapsed.TotalSeconds, Tag("phase", phase));

    /// <summary>An attempt ended.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="ran">How long its agent ran; null if it never started.</param>
    public static void AttemptEnded(RunReason reason, TimeSpan? ran)
    {
        Ended.Add(1, Tag("reason", reason.ToString()));
        if (ran is { } duration)
        {
            Duration.Record(Math.Max(0, duration.TotalSeconds));
        }
    }

    /// <summary>A pull is over.</summary>
    public static void Pulled(bool succeeded, TimeSpan elapsed) =>
        Pulls.Record(elapsed.TotalSeconds, Tag("result", succeeded ? "success" : "error"));

    /// <summary>Something was removed or ended because the disk was nearly full.</summary>
    public static void Relieved(ReliefKind kind) => Relief.Add(1, Tag("kind", kind.ToString()));

    /// <summary>A link began.</summary>
    public static void LinkBegan()
    {
        Links.Add(1, Tag("result", nameof(LinkResult.Connected)));
        Connected.Add(1);
    }

    /// <summary>A link ended.</summary>
    public static void LinkEnded() => Connected.Add(-1);

    /// <summary>A try to connect led to no link.</summary>
    public static void NotLinked(LinkResult result) => Links.Add(1, Tag("result", result.ToString()));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}

/// <summary>What the relief of a full disk removes or ends.</summary>
internal enum ReliefKind
{
    /// <summary>An image that nothing uses.</summary>
    Image,

    /// <summary>A pull that is under way.</summary>
    Pull,

    /// <summary>The workspace of a finished attempt.</summary>
    Workspace,

    /// <summary>The log of a finished attempt.</summary>
    Log,

    /// <summary>A running attempt.</summary>
    Run,
}

/// <summary>What became of a try to connect to an operator.</summary>
internal enum LinkResult
{
    /// <summary>There is a link.</summary>
    Connected,

    /// <summary>The operator is a standby.</summary>
    Standby,

    /// <summary>The operator could not be reached, or refused the link.</summary>
    Failed,
}
