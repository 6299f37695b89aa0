using Stromboli.Kubernetes;

namespace Stromboli.Operator.Nodes;

/// <summary>Who is at the other end of a link, as the API server says.</summary>
internal sealed record LinkIdentity
{
    /// <summary>The AgentNode that the link may speak for.</summary>
    public required string Node { get; init; }

    /// <summary>The user name, for logs.</summary>
    public required string User { get; init; }

    /// <summary>The ServiceAccount, when it is one.</summary>
    public NamespacedName? ServiceAccount { get; init; }

    /// <summary>
    /// Whether the operator renews the token: not one bound to a pod, which the kubelet renews, and not one of an account outside of the
    /// operator's own namespace, since the right to make tokens of any account would be the right to everything.
    /// </summary>
    public bool Renewable { get; init; }

    /// <summary>When the token began and ends.</summary>
    public TokenTimes Token { get; init; }
}
