using Stromboli.Gateway.Git;
using Stromboli.Gateway.Model;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.Telemetry.Export;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Runs the bridge.</summary>
internal static partial class BridgeHost
{
    /// <summary>Runs the bridge until it is stopped. Agents keep running; the next bridge adopts them.</summary>
    /// <returns>0; 2 if the node cannot serve.</returns>
    public static async Task<int> RunAsync(BridgeOptions options, CancellationToken cancellationToken)
    {
        IHost built;
        try
        {
            built = Build(options);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }

        using var host = built;
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Stromboli.PodmanBridge");
        try
        {
            ProcessHardening.Apply();
            BridgeFiles.Check(options);
            host.Services.BeginBridgeTelemetry();
            await StartAsync(host.Services, cancellationToken);
            // A problem that prevents the node from taking runs is already in the log, and the operator learns of it.
            if (host.Services.GetRequiredService<NodeFactsSource>().Current.Problem is null)
            {
                Log.Ready(logger, options.Node);
            }

            await host.RunAsync(cancellationToken);
            return 0;
        }
        catch (BridgeUnusableException e)
        {
            Log.Unusable(logger, e.Message);
            return 2;
        }
    }

    // Throws a FormatException for a variable of OpenTelemetry that has no valid value.
    private static IHost Build(BridgeOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        BridgeLogging.Configure(builder.Logging, options.LogFormat);
        var environment = OtelEnvironment.Read();
        builder.Configuration.AddInMemoryCollection(environment.Values);
        builder.Services.AddBridge(options, environment);
        return builder.Build();
    }

    // The order matters: a link may bring a run at once, and by then the attempts of an earlier bridge must be known.
    private static async Task StartAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<ModelGateway>().StartAsync(cancellationToken);
        await services.GetRequiredService<GitGateway>().StartAsync(cancellationToken);
        await services.GetRequiredService<NodeFactsSource>().RefreshAsync(cancellationToken);
        services.GetRequiredService<NodeAttempts>().Adopt();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The bridge of node {Node} is ready")]
        public static partial void Ready(ILogger logger, string node);

        [LoggerMessage(LogLevel.Critical, "{Message}")]
        public static partial void Unusable(ILogger logger, string message);
    }
}
