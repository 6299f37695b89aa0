using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Authorization;

/// <summary>Interprets the API server's answers about a link; pure.</summary>
internal static class LinkRules
{
    /// <summary>The verb that a bridge needs on its AgentNode.</summary>
    public const string Verb = "connect";

    private const string ServiceAccountPrefix = "system:serviceaccount:";
    private const string PodNameKey = "authentication.kubernetes.io/pod-name";
    private const string PodUidKey = "authentication.kubernetes.io/pod-uid";

    /// <summary>Returns the user of an accepted token.</summary>
    /// <exception cref="LinkRefusedException">The API server does not accept the token, or the token is not for the operator.</exception>
    public static UserInfo UserOf(TokenReviewStatus? review)
    {
        if (review is not { Authenticated: true, User: { Username.Length: > 0 } user })
        {
            throw new LinkRefusedException(
                RefusalReason.Unauthenticated,
                "The API server does not accept the token; it may have expired or belong to another cluster."
            );
        }

        // A server that does not check audiences returns none. It would accept a token that was made for the API server itself.
        return review.Audiences?.Contains(NodeLinkProtocol.Audience) == true
            ? user
            : throw new LinkRefusedException(
                RefusalReason.Unauthenticated,
                $"The token is not for the audience {NodeLinkProtocol.Audience}."
            );
    }

    /// <summary>The review whether the user may connect as the node, or as any node if there is no name.</summary>
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

    /// <summary>The ServiceAccount of the user, or null.</summary>
    public static NamespacedName? ServiceAccountOf(UserInfo user)
    {
        if (user.Username?.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) != true)
        {
            return null;
        }

        var parts = user.Username[ServiceAccountPrefix.Length..].Split(':');
        return parts is [{ Length: > 0 }, { Length: > 0 }] ? new NamespacedName(parts[0], parts[1]) : null;
    }

    /// <summary>The pod that the token is bound to and the pod's UID, or null.</summary>
    public static (NamespacedName Pod, string UID)? PodOf(UserInfo user) =>
        ServiceAccountOf(user) is { } account && Single(user, PodNameKey) is { } name && Single(user, PodUidKey) is { } uid
            ? (new NamespacedName(account.Namespace, name), uid)
            : null;

    /// <summary>Refuses unless the token's pod runs on the node. A grant on all AgentNodes requires this.</summary>
    /// <exception cref="LinkRefusedException">The pod runs on another node, or there is no pod.</exception>
    public static void DemandPodOnNode(string node, (NamespacedName Pod, string UID)? bound, Pod? pod)
    {
        if (bound is null)
        {
            throw new LinkRefusedException(
                RefusalReason.Forbidden,
                $"The account may connect as every AgentNode, but only with a token that is bound to a pod; grant it {Verb} on agentnodes/{node} by name."
            );
        }

        if (pod?.Metadata.Uid != bound.Value.UID)
        {
            throw new LinkRefusedException(RefusalReason.Forbidden, $"The token's pod {bound.Value.Pod} is gone.");
        }

        if (pod.Spec?.NodeName != node)
        {
            throw new LinkRefusedException(RefusalReason.Forbidden, $"The token's pod {bound.Value.Pod} does not run on node {node}.");
        }
    }

    private static string? Single(UserInfo user, string key) =>
        user.Extra?.TryGetValue(key, out var values) == true && values is [{ Length: > 0 } value] ? value : null;
}
