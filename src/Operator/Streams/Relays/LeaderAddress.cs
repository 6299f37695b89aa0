using Stromboli.Kubernetes;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Streams.Relays;

/// <summary>Finds the leader's address for streams: an annotation of its Lease.</summary>
internal sealed class LeaderAddress(ReplicaClient replica, NamespacedName lease)
{
    /// <summary>The annotation. Its value is <c>HOST:PORT</c>.</summary>
    public const string Annotation = "stromboli.dev/streams-address";

    /// <summary>The address as an origin; null if nobody leads, or the leader has none.</summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public async Task<Uri?> FindAsync(CancellationToken cancellationToken) =>
        await replica.Client.TryGetAsync(BuiltIn.Leases, lease, cancellationToken)
            is { Spec.HolderIdentity: { Length: > 0 }, Metadata.Annotations: { } annotations }
        && annotations.TryGetValue(Annotation, out var address)
        && Uri.TryCreate($"https://{address}/", UriKind.Absolute, out var origin)
            ? origin
            : null;
}
