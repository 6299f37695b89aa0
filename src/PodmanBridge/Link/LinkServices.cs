using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Link;

/// <summary>Registers the link to the operator and what the operator grants over it.</summary>
internal static class LinkServices
{
    /// <summary>Adds the link to the operator, the lease, the installation and the prices.</summary>
    public static IServiceCollection AddLink(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton(_ => new Installation(options.StateDirectory));
        services.AddSingleton<IInstallation>(provider => provider.GetRequiredService<Installation>());
        services.AddSingleton<NodeLease>();
        services.AddSingleton<PriceList>();
        services.AddSingleton(_ => new ConnectToken(options.TokenFile));
        services.AddSingleton(
            new LinkSettings
            {
                Operators = options.Operators,
                CaFile = options.CaFile,
                Node = options.Node,
            }
        );
        services.AddSingleton(Session);
        services.AddHostedService<OperatorLink>();
        return services;
    }

    private static LinkSession.Services Session(IServiceProvider services) =>
        new()
        {
            Installation = services.GetRequiredService<Installation>(),
            Lease = services.GetRequiredService<NodeLease>(),
            Token = services.GetRequiredService<ConnectToken>(),
            Attempts = services.GetRequiredService<NodeAttempts>(),
            Sessions = services.GetRequiredService<NodeSessions>(),
            Leftovers = services.GetRequiredService<LeftoverSweep>(),
            Changes = services.GetRequiredService<AttemptChanges>(),
            Facts = services.GetRequiredService<NodeFactsSource>(),
            Images = services.GetRequiredService<ImageCatalogue>(),
            PrePuller = services.GetRequiredService<PrePuller>(),
            Prices = services.GetRequiredService<PriceList>(),
            Streams = services.GetRequiredService<StreamDispatcher>(),
            Clock = services.GetRequiredService<TimeProvider>(),
        };
}
