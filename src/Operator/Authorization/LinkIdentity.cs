using Stromboli.Kubernetes;

namespace Stromboli.Operator.Authorization;

/// <summary>The peer of a link, as the API server identifies it.</summary>
internal sealed record LinkIdentity
{
    /// <summary>The AgentNode that the link may speak for.</summary>
    public required string Node { get; init; }

    /// <summary>The user name, for the log.</summary>
    public required string User { get; init; }

    /// <summary>The ServiceAccount; null if the user is not one.</summary>
    public NamespacedName? ServiceAccount { get; init; }

    /// <summary>
    /// Whether the operator renews the token. The kubelet renews a token that is bound to a pod. The operator renews tokens only for
    /// accounts in its own namespace, because a right to make tokens for any account would include every right.
    /// </summary>
    public bool Renewable { get; init; }

    /// <summary>The lifetime of the token.</summary>
    public TokenLifetime Token { get; init; }
}
