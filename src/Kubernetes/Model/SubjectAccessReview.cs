namespace Stromboli.Kubernetes.Model;

/// <summary>authorization/v1 SubjectAccessReview: whether a user may do something.</summary>
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

/// <summary>authorization/v1 SubjectAccessReviewSpec.</summary>
public sealed record SubjectAccessReviewSpec
{
    /// <summary>Name of the user.</summary>
    public string? User { get; set; }

    /// <summary>UID of the user.</summary>
    public string? Uid { get; set; }

    /// <summary>Groups of the user.</summary>
    public List<string>? Groups { get; set; }

    /// <summary>Further attributes of the user.</summary>
    public Dictionary<string, List<string>>? Extra { get; set; }

    /// <summary>What the user would do.</summary>
    public ResourceAttributes? ResourceAttributes { get; set; }
}

/// <summary>authorization/v1 ResourceAttributes.</summary>
public sealed record ResourceAttributes
{
    /// <summary>Namespace; empty for cluster-scoped.</summary>
    public string? Namespace { get; set; }

    /// <summary>Verb, such as <c>connect</c>.</summary>
    public string? Verb { get; set; }

    /// <summary>API group.</summary>
    public string? Group { get; set; }

    /// <summary>API version.</summary>
    public string? Version { get; set; }

    /// <summary>Plural of the resource.</summary>
    public string? Resource { get; set; }

    /// <summary>Subresource.</summary>
    public string? Subresource { get; set; }

    /// <summary>Name; absent means all.</summary>
    public string? Name { get; set; }
}

/// <summary>authorization/v1 SubjectAccessReviewStatus.</summary>
public sealed record SubjectAccessReviewStatus
{
    /// <summary>Whether it is allowed.</summary>
    public bool Allowed { get; set; }

    /// <summary>Whether it is denied outright.</summary>
    public bool? Denied { get; set; }

    /// <summary>Why it is allowed or denied.</summary>
    public string? Reason { get; set; }

    /// <summary>What went wrong in the evaluation.</summary>
    public string? EvaluationError { get; set; }
}
