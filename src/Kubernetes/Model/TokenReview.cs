namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenReview: who a bearer token is. A class, so that no ToString shows the token.</summary>
public sealed class TokenReview : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "authentication.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "TokenReview";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>The question.</summary>
    public TokenReviewSpec Spec { get; set; } = new();

    /// <summary>The answer.</summary>
    public TokenReviewStatus? Status { get; set; }
}
