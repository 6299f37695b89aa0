using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Hub;

/// <summary>Registers the hub.</summary>
internal static class NodeHubServices
{
    /// <summary>Adds the hub. It asks the runs through <see cref="IDesiredAttempts"/> and <see cref="IObservationSink"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The options of the hub.</param>
    public static IServiceCollection AddNodeHub(this IServiceCollection services, HubOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<HubReadiness>()
            .AddSingleton<LeaseGranter>()
            .AddSingleton<LinkHandshake>()
            .AddSingleton<HubLinkFactory>()
            .AddSingleton<NodeHub>()
            .AddSingleton<INodeHub>(s => s.GetRequiredService<NodeHub>())
            .AddSingleton<INodeImages>(s => s.GetRequiredService<NodeHub>())
            .AddSingleton<NodeStreams>()
            .AddSingleton<StreamReceiver>()
            .AddSingleton<HubEndpoint>()
            .AddSingleton<HubService>()
            .AddHostedService(s => s.GetRequiredService<HubService>())
            .AddSingleton(s => new LeaderStart(s.GetRequiredService<HubService>().OpenAsync));
}
