using System.Diagnostics.Metrics;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Telemetry.Export;
using Stromboli.Telemetry.Metrics;

namespace Stromboli.Operator.Telemetry;

/// <summary>
/// Registers what the operator tells about itself: the page for Prometheus, and OTLP if the environment names an endpoint.
/// </summary>
internal static class OperatorMetrics
{
    /// <summary>The path of the metrics page.</summary>
    public const string Path = MetricsPage.Path;

    /// <summary>The source of the spans that are open while something happens.</summary>
    public const string TraceSource = "Stromboli.Operator";

    /// <summary>Adds metrics, traces and their exporters.</summary>
    /// <param name="services">The services.</param>
    /// <param name="identity">Which operator this is.</param>
    /// <param name="environment">The variables of OpenTelemetry.</param>
    /// <param name="prices">The models that have a name in metrics.</param>
    /// <param name="queue">How many runs wait for a node, by reason.</param>
    /// <exception cref="FormatException">A variable has a value that is not valid.</exception>
    public static IServiceCollection AddOperatorMetrics(
        this IServiceCollection services,
        string identity,
        OtelEnvironment environment,
        IReadOnlyList<ModelPrice> prices,
        Func<IServiceProvider, IReadOnlyDictionary<RunReason, int>> queue
    ) =>
        services
            .AddTelemetryExport(
                new ProgramTelemetry
                {
                    Service = "stromboli-operator",
                    Instance = identity,
                    Meters = [HubMetrics.MeterName, KubeMetrics.MeterName],
                    Sources = [TraceSource, KubeTraces.SourceName],
                    ServesPage = true,
                },
                environment
            )
            .AddSingleton(s => new HubMetrics(s.GetRequiredService<IMeterFactory>()))
            .AddSingleton(s => new RunMetrics(s.GetRequiredService<IMeterFactory>(), prices, () => queue(s)));

    /// <summary>Serves the metrics page, and starts all counters at zero.</summary>
    /// <param name="app">The application.</param>
    /// <param name="isAllowed">Whether a request may read the page.</param>
    public static void UseOperatorMetrics(this WebApplication app, Func<HttpContext, bool> isAllowed)
    {
        var metrics = app.Services.BeginTelemetry()!;
        app.Services.GetRequiredService<HubMetrics>().Begin();
        app.Services.GetRequiredService<RunMetrics>().Begin();
        KubeMetrics.Begin();
        app.UseMetricsPage(metrics, isAllowed);
    }
}
