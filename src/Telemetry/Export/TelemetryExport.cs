using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Stromboli.Telemetry.Metrics;
using Stromboli.Telemetry.Traces;

namespace Stromboli.Telemetry.Export;

/// <summary>
/// Exports metrics and traces: the page for Prometheus, and OTLP if the environment names an endpoint. What is not exported is not
/// collected either.
/// </summary>
internal static class TelemetryExport
{
    /// <summary>
    /// Adds the exporters. The host's configuration must contain the variables of <paramref name="environment"/>, because the SDK reads
    /// them there.
    /// </summary>
    /// <exception cref="FormatException">A variable has a value that is not valid.</exception>
    public static IServiceCollection AddTelemetryExport(
        this IServiceCollection services,
        ProgramTelemetry program,
        OtelEnvironment environment
    )
    {
        services.AddMetrics();
        var hasMetrics = program.ServesPage || environment.ExportsMetrics;
        if (!hasMetrics && !environment.ExportsTraces)
        {
            return services;
        }

        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, program));
        if (hasMetrics)
        {
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter([.. program.Meters]);
                if (program.ServesPage)
                {
                    metrics.AddPage();
                }

                if (environment.ExportsMetrics)
                {
                    metrics.AddOtlpExporter();
                }
            });
        }

        if (environment.ExportsTraces)
        {
            var sampler = RunSampler.Of(environment.Find("OTEL_TRACES_SAMPLER"), environment.Find("OTEL_TRACES_SAMPLER_ARG"));
            telemetry.WithTracing(traces =>
                traces.AddSource([RunTrace.SourceName, .. program.Sources]).SetSampler(sampler).AddOtlpExporter()
            );
        }

        return services;
    }

    /// <summary>
    /// Begins to collect. Call it before anything is counted: the SDK itself begins when the host starts, and what happens before is lost.
    /// </summary>
    /// <returns>The metrics; null if nothing asks for them.</returns>
    public static MeterProvider? BeginTelemetry(this IServiceProvider services)
    {
        services.GetService<TracerProvider>();
        return services.GetService<MeterProvider>();
    }

    private static void Describe(ResourceBuilder resource, ProgramTelemetry program) =>
        resource
            .AddService(
                program.Service,
                serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3),
                serviceInstanceId: program.Instance
            )
            // Again, so that the environment has the last word.
            .AddEnvironmentVariableDetector();
}
