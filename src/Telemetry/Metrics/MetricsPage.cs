using OpenTelemetry.Metrics;

namespace Stromboli.Telemetry.Metrics;

/// <summary>
/// The page for Prometheus. A dot in a metric's name becomes an underscore, and the unit and <c>_total</c> are appended:
/// <c>stromboli.node.reports.dropped</c> becomes <c>stromboli_node_reports_dropped_total</c>.
/// </summary>
internal static class MetricsPage
{
    /// <summary>The path of the page.</summary>
    public const string Path = "/metrics";

    /// <summary>Serves the page.</summary>
    /// <param name="app">The application.</param>
    /// <param name="provider">The metrics.</param>
    /// <param name="isAllowed">Whether a request may read the page.</param>
    public static void UseMetricsPage(this WebApplication app, MeterProvider provider, Func<HttpContext, bool> isAllowed) =>
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            provider,
            http => http.Request.Path == Path && isAllowed(http),
            path: null,
            configureBranchedPipeline: null,
            optionsName: null
        );

    internal static MeterProviderBuilder AddPage(this MeterProviderBuilder metrics) =>
        metrics.AddPrometheusExporter(exporter =>
        {
            // The page has exactly the names and labels that docs/operations/metrics.md lists.
            exporter.ScopeInfoEnabled = false;
            exporter.TargetInfoEnabled = false;
        });
}
