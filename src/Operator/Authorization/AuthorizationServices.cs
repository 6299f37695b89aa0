using Stromboli.Operator.Election;

namespace Stromboli.Operator.Authorization;

/// <summary>Registers who may have a link.</summary>
internal static class AuthorizationServices
{
    /// <summary>Adds the authorization of links.</summary>
    /// <param name="services">The services.</param>
    /// <param name="ownNamespace">The operator's namespace, in which it may make tokens.</param>
    /// <param name="reviewsPerSecond">
    /// The rate limit of the reviews. Anyone who reaches the hub's port can cause reviews, so they have a client of their own and cannot
    /// slow down the rest.
    /// </param>
    public static IServiceCollection AddLinkAuthorization(this IServiceCollection services, string ownNamespace, int reviewsPerSecond) =>
        services
            .AddSingleton<ILinkAuthorizer>(s => new LinkAuthorizer(
                s.GetRequiredService<LeaderClients>().Create(reviewsPerSecond, burst: 3 * reviewsPerSecond),
                ownNamespace
            ))
            .AddSingleton<LinkGate>()
            .AddSingleton<LinkAccess>();
}
