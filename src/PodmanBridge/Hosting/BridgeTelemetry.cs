using System.Diagnostics.Metrics;
using Stromboli.Gateway.Telemetry;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Storage;
using Stromboli.PodmanBridge.Telemetry;
using Stromboli.Telemetry.Export;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Registers what the bridge tells about itself.</summary>
internal static class BridgeTelemetry
{
    // The stages of an attempt on the node, with the steps that belong to each.
    private static readonly (string Stage, AttemptStep First, AttemptStep Last)[] Stages =
    [
        ("preparing", AttemptStep.New, AttemptStep.Greeting),
        ("held", AttemptStep.Held, AttemptStep.Held),
        ("running", AttemptStep.Releasing, AttemptStep.Running),
        ("ending", AttemptStep.Leaving, AttemptStep.Removing),
        ("kept", AttemptStep.Done, AttemptStep.Done),
        ("dropping", AttemptStep.Dropping, AttemptStep.Gone),
    ];

    /// <summary>Adds the exporters that the options and the environment ask for, and the page.</summary>
    /// <exception cref="FormatException">A variable has a value that is not valid.</exception>
    public static IServiceCollection AddBridgeTelemetry(
        this IServiceCollection services,
        BridgeOptions options,
        OtelEnvironment environment
    )
    {
        var program = new ProgramTelemetry
        {
            Service = "stromboli-bridge",
            Instance = options.Node,
            Meters = [BridgeMetrics.MeterName, GatewayMetrics.MeterName, PodmanMetrics.MeterName],
            Sources = [AttemptTraces.SourceName, GatewayTraces.SourceName, PodmanTraces.SourceName],
            ServesPage = options.HealthListen is not null,
        };
        services.AddTelemetryExport(program, environment);
        if (options.HealthListen is not null)
        {
            services.AddHostedService<HealthServer>();
        }

        return services;
    }

    /// <summary>Begins to collect, and starts all counters at zero. Call it before any attempt is taken.</summary>
    public static void BeginBridgeTelemetry(this IServiceProvider services)
    {
        if (services.BeginTelemetry() is null)
        {
            return;
        }

        BridgeMetrics.Begin();
        GatewayMetrics.Begin();
        PodmanMetrics.Begin();
        var attempts = services.GetRequiredService<NodeAttempts>();
        var lease = services.GetRequiredService<NodeLease>();
        var pressure = services.GetRequiredService<DiskPressure>();
        BridgeMetrics.Observe(() => Count(attempts.Steps), () => lease.Remaining, () => pressure.Present);
    }

    private static IEnumerable<Measurement<int>> Count(IEnumerable<AttemptStep> steps)
    {
        AttemptStep[] all = [.. steps];
        return Stages.Select(stage => new Measurement<int>(
            all.Count(step => step >= stage.First && step <= stage.Last),
            new KeyValuePair<string, object?>("stage", stage.Stage)
        ));
    }
}
