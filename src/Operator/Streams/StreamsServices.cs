using Stromboli.Kubernetes;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Election;
using Stromboli.Operator.Streams.Discovery;
using Stromboli.Operator.Streams.Identity;
using Stromboli.Operator.Streams.Readers;
using Stromboli.Operator.Streams.Relays;

namespace Stromboli.Operator.Streams;

/// <summary>Registers the streams.</summary>
internal static class StreamsServices
{
    // Of the rights of users. The number of readers bounds them; the rate only limits the damage of a fault.
    private const int ReviewsPerSecond = 200;

    /// <summary>Adds the API group <c>streams.stromboli.dev</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="lease">The Lease of the leader. Its namespace is the operator's.</param>
    public static IServiceCollection AddStreams(this IServiceCollection services, NamespacedName lease) =>
        services
            .AddSingleton<PublicDocuments>()
            .AddSingleton<ProxyTrust>()
            .AddHostedService(s => s.GetRequiredService<ProxyTrust>())
            .AddSingleton<CallerAuthenticator>()
            .AddSingleton(s => new AccessReviewer(s.GetRequiredService<LeaderClients>().Create(ReviewsPerSecond, 2 * ReviewsPerSecond)))
            .AddSingleton<RunChanges>()
            .AddSingleton<LocationFinder>()
            .AddSingleton<ReaderSlots>()
            .AddSingleton<LeaderStreams>()
            .AddSingleton(s => new LeaderAddress(s.GetRequiredService<ReplicaClient>(), lease))
            .AddSingleton(s => new LeaderClient(
                ServingName.StreamsHost(lease.Namespace),
                s.GetRequiredService<ReplicaCertificate>(),
                s.GetRequiredService<TrustedAuthorities>()
            ))
            .AddSingleton<LeaderRelay>()
            .AddSingleton<StreamsEndpoint>()
            .AddSingleton<AuthorityPublisher>()
            .AddSingleton(s => new LeaderTask("The informer of apiservices", s.GetRequiredService<AuthorityPublisher>().WatchAsync))
            .AddSingleton(s => new LeaderTask("The publisher of the authority", s.GetRequiredService<AuthorityPublisher>().PublishAsync));
}
