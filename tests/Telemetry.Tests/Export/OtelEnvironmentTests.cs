using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Stromboli.Telemetry.Export;

namespace Stromboli.Telemetry.Tests.Export;

public sealed class OtelEnvironmentTests
{
    [Theory]
    [InlineData("", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4317", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4317", false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_TRACES_EXPORTER=none", false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRICS_EXPORTER=none", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_SDK_DISABLED=true", false, false)]
    public void Exports_ByTheVariables_OnlyWithAnEndpoint(string variables, bool traces, bool metrics)
    {
        var environment = Of(variables);

        Assert.Equal((traces, metrics), (environment.ExportsTraces, environment.ExportsMetrics));
        using var services = new ServiceCollection().AddLogging().AddTelemetryExport(Program, environment).BuildServiceProvider();
        Assert.Equal(
            (traces, metrics),
            (services.GetService<TracerProvider>() is not null, services.GetService<MeterProvider>() is not null)
        );
    }

    [Fact]
    public void AddTelemetryExport_AnInvalidSampler_IsRefused() =>
        Assert.Throws<FormatException>(() =>
            new ServiceCollection().AddTelemetryExport(
                Program,
                Of("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_TRACES_SAMPLER=sometimes")
            )
        );

    private static ProgramTelemetry Program =>
        new()
        {
            Service = "test",
            Instance = "test",
            Meters = [],
            Sources = [],
            ServesPage = false,
        };

    private static OtelEnvironment Of(string variables) =>
        new(
            variables
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => (string?)pair[1])
        );
}
