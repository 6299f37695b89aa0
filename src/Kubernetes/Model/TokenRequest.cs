namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenRequest: a new token for a ServiceAccount. A class, so that no ToString shows the token.</summary>
public sealed class TokenRequest : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "authentication.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "TokenRequest";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>What kind of token.</summary>
    public TokenRequestSpec Spec { get; set; } = new();

    /// <summary>The token.</summary>
    public TokenRequestStatus? Status { get; set; }
}
