using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Telemetry;

/// <summary>
/// Publishes the operator's metrics for Prometheus. For example, <c>stromboli.node.reports.dropped</c> becomes
/// <c>stromboli_node_reports_dropped_total</c>.
/// </summary>
internal static class OperatorMetrics
{
    /// <summary>The path of the metrics page.</summary>
    public const string Path = "/metrics";

    /// <summary>Adds the metrics and their exporter.</summary>
    public static IServiceCollection AddOperatorMetrics(this IServiceCollection services)
    {
        services
            .AddMetrics()
            .AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(HubMetrics.MeterName, KubeMetrics.MeterName)
                    .AddPrometheusExporter(exporter =>
                    {
                        // The page has exactly the names and labels that docs/operations/operator.md lists.
                        exporter.ScopeInfoEnabled = false;
                        exporter.TargetInfoEnabled = false;
                    })
            );
        return services.AddSingleton(s => new HubMetrics(s.GetRequiredService<IMeterFactory>()));
    }

    /// <summary>Serves the metrics page, and starts all counters at zero.</summary>
    /// <param name="app">The application.</param>
    /// <param name="isAllowed">Whether a request may read the page.</param>
    public static void UseOperatorMetrics(this WebApplication app, Func<HttpContext, bool> isAllowed)
    {
        // The provider is made here and not when the host starts: what is counted before it listens is lost.
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetRequiredService<HubMetrics>().Begin();
        KubeMetrics.Begin();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(http => http.Request.Path == Path && isAllowed(http));
    }
}
