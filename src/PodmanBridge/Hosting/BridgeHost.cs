using Stromboli.Gateway.Git;
using Stromboli.Gateway.Model;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Nodes;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Runs the bridge.</summary>
internal static partial class BridgeHost
{
    /// <summary>Runs the bridge until it is told to stop. Its agents run on; the next bridge adopts them.</summary>
    /// <returns>0; 2 when the node cannot serve.</returns>
    public static async Task<int> RunAsync(BridgeOptions options, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        BridgeLogging.Configure(builder.Logging);
        builder.Services.AddBridge(options);
        using var host = builder.Build();
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Stromboli.PodmanBridge");
        try
        {
            ProcessHardening.Apply();
            BridgeFiles.Check(options);
            await StartAsync(host.Services, cancellationToken);
            // What keeps the node from taking runs is in the log already, and is told to the operator.
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

    // The order matters: a link may bring a run at once, and what a former bridge left must be known before that.
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
