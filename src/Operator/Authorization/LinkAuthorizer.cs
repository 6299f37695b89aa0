using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Authorization;

/// <summary>
/// Asks the API server who a token belongs to and what its user may do: TokenReview, SubjectAccessReview, and the pod of a pod-bound token.
/// </summary>
internal sealed class LinkAuthorizer : ILinkAuthorizer
{
    private static readonly TimeSpan ShortestToken = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestToken = TimeSpan.FromDays(30);

    private readonly KubeClient _client;
    private readonly string _namespace;

    /// <param name="client">The client for the reviews.</param>
    /// <param name="ownNamespace">The operator's namespace, in which it may make tokens.</param>
    public LinkAuthorizer(KubeClient client, string ownNamespace)
    {
        _client = client;
        _namespace = ownNamespace;
    }

    /// <inheritdoc/>
    public async Task<LinkIdentity> AuthorizeAsync(string node, string token, CancellationToken cancellationToken)
    {
        var question = new TokenReview
        {
            Spec = new() { Token = token, Audiences = [NodeLinkProtocol.Audience] },
        };
        var review = await _client.CreateAsync(BuiltIn.TokenReviews, question, cancellationToken: cancellationToken);
        var user = LinkRules.UserOf(review.Status);
        var bound = LinkRules.PodOf(user);
        if (!await IsAllowedAsync(user, node, cancellationToken))
        {
            throw new LinkRefusedException(
                RefusalReason.Forbidden,
                $"{user.Username} may not {LinkRules.Verb} agentnodes.stromboli.dev/{node}."
            );
        }

        // A review without a name is allowed only by a grant on all AgentNodes.
        if (await IsAllowedAsync(user, node: null, cancellationToken))
        {
            var pod = bound is null ? null : await _client.TryGetAsync(BuiltIn.Pods, bound.Value.Pod, cancellationToken);
            LinkRules.DemandPodOnNode(node, bound, pod);
        }

        var account = LinkRules.ServiceAccountOf(user);
        return new LinkIdentity
        {
            Node = node,
            User = user.Username!,
            ServiceAccount = account,
            Renewable = bound is null && account?.Namespace == _namespace,
            Token = TokenLifetime.Read(token),
        };
    }

    /// <inheritdoc/>
    public async Task<string?> RenewAsync(LinkIdentity identity, CancellationToken cancellationToken)
    {
        if (identity is not { Renewable: true, ServiceAccount: { } account, Token: { IssuedAt: { } begin, ExpiresAt: { } end } })
        {
            return null;
        }

        var life = TimeSpan.FromSeconds(Math.Clamp((end - begin).TotalSeconds, ShortestToken.TotalSeconds, LongestToken.TotalSeconds));
        var request = new TokenRequest
        {
            Spec = new() { Audiences = [NodeLinkProtocol.Audience], ExpirationSeconds = (long)life.TotalSeconds },
        };
        var answer = await _client.CreateTokenAsync(account, request, cancellationToken);
        return answer.Status is { Token.Length: > 0 } status ? status.Token : null;
    }

    private async Task<bool> IsAllowedAsync(UserInfo user, string? node, CancellationToken cancellationToken)
    {
        var review = await _client.CreateAsync(
            BuiltIn.SubjectAccessReviews,
            LinkRules.MayConnect(user, node),
            cancellationToken: cancellationToken
        );
        return review.Status is { Allowed: true, Denied: not true };
    }
}
