using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stromboli.Podman;

/// <summary>
/// The library's instrument, of the meter <see cref="MeterName"/>: <c>podman.client.duration</c>, the time until the answer of a call, by
/// operation and outcome. The time that a call waits for an engine that is away is part of it.
/// </summary>
public static class PodmanMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Stromboli.Podman";

    private static readonly Meter Meter = new(MeterName);

    // The default buckets of exporters are meant for milliseconds.
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "podman.client.duration",
        "s",
        "Time until the answer of the engine, by operation and outcome.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] }
    );

    /// <summary>Makes the instrument, which otherwise comes with the first call.</summary>
    public static void Begin() => _ = Duration;

    internal static void Called(PodmanRequest request, bool succeeded, TimeSpan elapsed) =>
        Duration.Record(
            elapsed.TotalSeconds,
            new TagList { { "operation", request.Operation }, { "outcome", succeeded ? "success" : "error" } }
        );
}
