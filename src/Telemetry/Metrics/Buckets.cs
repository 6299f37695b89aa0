using System.Diagnostics.Metrics;

namespace Stromboli.Telemetry.Metrics;

/// <summary>The buckets of histograms in seconds. The default buckets of exporters are meant for milliseconds.</summary>
internal static class Buckets
{
    /// <summary>Calls to a program on the same machine, steps of a start: 5 ms to a minute.</summary>
    public static InstrumentAdvice<double> Calls { get; } =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    /// <summary>Waiting for a node, pulling an image, starting a run: 0.1 s to 4 hours.</summary>
    public static InstrumentAdvice<double> Waits { get; } =
        new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400] };

    /// <summary>An agent's work: 1 second to a day.</summary>
    public static InstrumentAdvice<double> Work { get; } =
        new() { HistogramBucketBoundaries = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400] };
}
