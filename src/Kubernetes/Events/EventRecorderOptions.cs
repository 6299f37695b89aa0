namespace Stromboli.Kubernetes;

/// <summary>Limits of an <see cref="EventRecorder"/>.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>The controller, such as <c>stromboli.dev/operator</c>.</summary>
    public required string ReportingController { get; init; }

    /// <summary>The process, such as the pod's name; at most 128 bytes.</summary>
    public required string ReportingInstance { get; init; }

    /// <summary>Events that wait to be written, at most. Further events are dropped and counted.</summary>
    public int QueueLength { get; init; } = 10_000;

    /// <summary>Series that are remembered to find repetitions, at most.</summary>
    public int MaxSeries { get; init; } = 4096;

    /// <summary>An event joins the series of the same event if that occurred within this time.</summary>
    public TimeSpan SeriesWindow { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>A growing series is written at most this often.</summary>
    public TimeSpan SeriesInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events per second in the long run, over all objects.</summary>
    public double EventsPerSecond { get; init; } = 1000;

    /// <summary>Events that may be written at once after a quiet period.</summary>
    public int Burst { get; init; } = 2000;

    /// <summary>Events that are written at the same time, at most.</summary>
    public int Writers { get; init; } = 16;

    /// <summary>
    /// Distinct events about one object within <see cref="SeriesWindow"/>, at most. Further events are dropped and counted.
    /// </summary>
    public int PerObject { get; init; } = 25;

    /// <summary>Time to write waiting events at shutdown.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
