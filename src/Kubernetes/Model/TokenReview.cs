namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenReview: whose a bearer token is. A class, so that no ToString shows the token.</summary>
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

/// <summary>authentication/v1 TokenReviewSpec.</summary>
public sealed class TokenReviewSpec
{
    /// <summary>The token asked about.</summary>
    public string? Token { get; set; }

    /// <summary>Audiences of which the token must have one.</summary>
    public List<string>? Audiences { get; set; }
}

/// <summary>authentication/v1 TokenReviewStatus.</summary>
public sealed record TokenReviewStatus
{
    /// <summary>Whether the token is valid.</summary>
    public bool Authenticated { get; set; }

    /// <summary>User that the token belongs to.</summary>
    public UserInfo? User { get; set; }

    /// <summary>The requested audiences that the token has; absent if the server does not check audiences.</summary>
    public List<string>? Audiences { get; set; }

    /// <summary>Why it could not be checked.</summary>
    public string? Error { get; set; }
}

/// <summary>authentication/v1 UserInfo.</summary>
public sealed record UserInfo
{
    /// <summary>Such as <c>system:serviceaccount:NS:NAME</c>.</summary>
    public string? Username { get; set; }

    /// <summary>Identity in time and space.</summary>
    public string? Uid { get; set; }

    /// <summary>Groups.</summary>
    public List<string>? Groups { get; set; }

    /// <summary>More, such as <c>authentication.kubernetes.io/pod-name</c>.</summary>
    public Dictionary<string, List<string>>? Extra { get; set; }
}
