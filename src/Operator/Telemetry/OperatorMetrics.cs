using OpenTelemetry.Metrics;
using Stromboli.Kubernetes;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Telemetry;

/// <summary>
/// What the operator counts and measures, as Prometheus reads it: <c>stromboli.node.reports.dropped</c> is
/// <c>stromboli_node_reports_dropped_total</c>.
/// </summary>
internal static class OperatorMetrics
{
    /// <summary>The path of the page.</summary>
    public const string Path = "/metrics";

    /// <summary>Adds the exporter for every meter of the operator.</summary>
    public static void AddOperatorMetrics(this IServiceCollection services) =>
        services
            .AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(HubMetrics.MeterName, KubeMetrics.MeterName)
                    .AddPrometheusExporter(exporter =>
                    {
                        // Names and labels are what docs/operations/operator.md says, and no more.
                        exporter.ScopeInfoEnabled = false;
                        exporter.TargetInfoEnabled = false;
                    })
            );

    /// <summary>Serves the page for requests that may have it, and lets the counters begin.</summary>
    public static void UseOperatorMetrics(this WebApplication app, Func<HttpContext, bool> mayHave)
    {
        // Made here, not when the host starts: what is counted before it listens is lost.
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetRequiredService<HubMetrics>().Begin();
        KubeMetrics.Begin();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(http => http.Request.Path == Path && mayHave(http));
    }
}
