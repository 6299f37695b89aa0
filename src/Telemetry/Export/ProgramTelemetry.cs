namespace Stromboli.Telemetry.Export;

/// <summary>What a program tells about itself.</summary>
internal sealed record ProgramTelemetry
{
    /// <summary><c>service.name</c>, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</summary>
    public required string Service { get; init; }

    /// <summary><c>service.instance.id</c>: which of several such processes this is.</summary>
    public required string Instance { get; init; }

    /// <summary>The names of its meters.</summary>
    public required IReadOnlyList<string> Meters { get; init; }

    /// <summary>The names of its sources of spans, besides that of <see cref="Traces.RunTrace"/>.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Whether it serves the page for Prometheus.</summary>
    public required bool ServesPage { get; init; }
}
