using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What the API server's answers mean for a link; pure.</summary>
internal static class LinkRules
{
    /// <summary>The verb that a bridge needs on its AgentNode.</summary>
    public const string Verb = "connect";

    private const string ServiceAccountPrefix = "system:serviceaccount:";
    private const string PodNameKey = "authentication.kubernetes.io/pod-name";
    private const string PodUidKey = "authentication.kubernetes.io/pod-uid";

    /// <summary>The user of an accepted token.</summary>
    /// <exception cref="LinkRefusedException">The token is not accepted, or not for us.</exception>
    public static UserInfo UserOf(TokenReviewStatus? review)
    {
        if (review is not { Authenticated: true, User: { Username.Length: > 0 } user })
        {
            throw new LinkRefusedException(
                RefusalReason.Unauthenticated,
                "The API server does not accept the token; it may be expired or of another cluster."
            );
        }

        // A server that does not check audiences returns none, and would accept tokens made for the API server itself.
        return review.Audiences?.Contains(NodeLinkProtocol.Audience) == true
            ? user
            : throw new LinkRefusedException(
                RefusalReason.Unauthenticated,
                $"The token is not for the audience {NodeLinkProtocol.Audience}."
            );
    }

    /// <summary>The question whether the user may connect as the node, or as any node when there is no name.</summary>
    public static SubjectAccessReview MayConnect(UserInfo user, string? node) =>
        new()
        {
            Spec = new SubjectAccessReviewSpec
            {
                User = user.Username,
                Uid = user.Uid,
                Groups = user.Groups,
                Extra = user.Extra,
                ResourceAttributes = new ResourceAttributes
                {
                    Group = "stromboli.dev",
                    Resource = "agentnodes",
                    Verb = Verb,
                    Name = node,
                },
            },
        };

    /// <summary>The ServiceAccount that the user is, or null.</summary>
    public static NamespacedName? ServiceAccountOf(UserInfo user)
    {
        if (user.Username?.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) != true)
        {
            return null;
        }

        var parts = user.Username[ServiceAccountPrefix.Length..].Split(':');
        return parts is [{ Length: > 0 }, { Length: > 0 }] ? new NamespacedName(parts[0], parts[1]) : null;
    }

    /// <summary>The pod that the token is bound to, with its UID, or null.</summary>
    public static (NamespacedName Pod, string UID)? PodOf(UserInfo user) =>
        ServiceAccountOf(user) is { } account && Single(user, PodNameKey) is { } name && Single(user, PodUidKey) is { } uid
            ? (new NamespacedName(account.Namespace, name), uid)
            : null;

    /// <summary>Refuses unless the pod is the one of the token and runs on the node: what a grant on all AgentNodes asks for.</summary>
    /// <exception cref="LinkRefusedException">It is not, or there is no pod.</exception>
    public static void DemandPodOnNode(string node, (NamespacedName Pod, string UID)? bound, Pod? pod)
    {
        if (bound is null)
        {
            throw new LinkRefusedException(
                RefusalReason.Forbidden,
                $"The account may connect as every AgentNode, which counts only for a token bound to a pod; grant it {Verb} on agentnodes/{node} by name."
            );
        }

        if (pod?.Metadata.Uid != bound.Value.UID)
        {
            throw new LinkRefusedException(RefusalReason.Forbidden, $"The token's pod {bound.Value.Pod} is gone.");
        }

        if (pod.Spec?.NodeName != node)
        {
            throw new LinkRefusedException(RefusalReason.Forbidden, $"The token's pod {bound.Value.Pod} does not run on the node {node}.");
        }
    }

    private static string? Single(UserInfo user, string key) =>
        user.Extra?.TryGetValue(key, out var values) == true && values is [{ Length: > 0 } value] ? value : null;
}
