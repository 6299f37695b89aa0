using Stromboli.NodeLink;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Conversations;
using Stromboli.PodmanBridge.Diffs;
using Stromboli.PodmanBridge.Files;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Logs;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Storage;
using Stromboli.PodmanBridge.Streams;
using Stromboli.Telemetry.Export;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Puts the bridge together.</summary>
internal static class BridgeServices
{
    /// <summary>Adds every part of the bridge. Hosted services start in this order.</summary>
    /// <exception cref="FormatException">A variable of OpenTelemetry has a value that is not valid.</exception>
    public static IServiceCollection AddBridge(this IServiceCollection services, BridgeOptions options, OtelEnvironment environment) =>
        services
            .AddEngine(options)
            .AddBridgeTelemetry(options, environment)
            .AddGateways(options)
            .AddImages(options)
            .AddNodeFacts(options)
            .AddAttempts(options)
            .AddStorage(options)
            .AddStreams()
            .AddLogs()
            .AddFiles(options)
            .AddDiffs(options)
            .AddConversations()
            .AddLink(options);

    private static IServiceCollection AddEngine(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton<TimeProvider>(BootTimeProvider.Instance);
        services.AddSingleton(options);
        services.AddSingleton(provider => new PodmanClient(options.PodmanSocket, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPodman>(provider => provider.GetRequiredService<PodmanClient>());
        services.AddSingleton(_ => ContainerFiles.Write(Path.Combine(options.StateDirectory, "sandbox")));
        // Storage does not know attempts.
        services.AddSingleton<Func<IReadOnlyList<IFinishedAttempt>>>(provider => provider.GetRequiredService<NodeAttempts>().Finished);
        return services;
    }
}
