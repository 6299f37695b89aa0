using Stromboli.Operator.Certificates;
using Stromboli.Operator.Streams.Answers;

namespace Stromboli.Operator.Streams.Identity;

/// <summary>Who sent a request.</summary>
/// <param name="User">The user.</param>
/// <param name="IsReplica">Whether another replica passed the request on. It must not be passed on again.</param>
internal sealed record Caller(UserIdentity User, bool IsReplica);

/// <summary>
/// Authenticates requests by the client certificate of their connection. Two kinds of peers may name a user: the API server's aggregator,
/// and another replica of this operator.
/// </summary>
internal sealed class CallerAuthenticator(ProxyTrust proxies, TrustedAuthorities own, TimeProvider clock)
{
    /// <summary>Authenticates a request.</summary>
    /// <param name="peer">The certificate of the connection; null if there is none.</param>
    /// <param name="headers">The headers of the request.</param>
    /// <exception cref="StatusException">The peer may not name users, or names none.</exception>
    public Caller Authenticate(PeerCertificate? peer, IHeaderDictionary headers)
    {
        var isReplica = peer is not null && IsReplica(peer);
        var user = isReplica ? RelayedUser.Read(headers) : UserHeaders.Read(headers, ProxyOf(peer));
        return user is not null ? new Caller(user, isReplica) : throw StatusException.Unauthorized("The request names no user.");
    }

    private RequestHeaderConfig ProxyOf(PeerCertificate? peer)
    {
        if (!proxies.HasSynced)
        {
            throw StatusException.TryAgain("The operator has just started and does not know yet whom to trust; try again.");
        }

        if (peer is null)
        {
            throw StatusException.Unauthorized("Requests must come through the Kubernetes API server: there is no client certificate.");
        }

        return
            proxies.Current is { } config
            && (config.AllowedNames.Count == 0 || config.AllowedNames.Contains(peer.CommonName))
            && peer.IsClientOf(config.Authorities, clock.GetUtcNow())
            ? config
            : throw StatusException.Unauthorized(
                "Requests must come through the Kubernetes API server: the client certificate is not that of its aggregator."
            );
    }

    private bool IsReplica(PeerCertificate peer) =>
        peer.CommonName == ReplicaCertificate.CommonName && peer.IsClientOf(own.Certificates, clock.GetUtcNow());
}
