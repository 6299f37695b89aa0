namespace Stromboli.Kubernetes.Model;

/// <summary>authorization/v1 SubjectAccessReview: may somebody do something.</summary>
public sealed record SubjectAccessReview : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "authorization.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "SubjectAccessReview";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>The question.</summary>
    public SubjectAccessReviewSpec Spec { get; set; } = new();

    /// <summary>The answer.</summary>
    public SubjectAccessReviewStatus? Status { get; set; }
}
