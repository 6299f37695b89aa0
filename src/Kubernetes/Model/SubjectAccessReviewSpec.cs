namespace Stromboli.Kubernetes.Model;

/// <summary>authorization/v1 SubjectAccessReviewSpec.</summary>
public sealed record SubjectAccessReviewSpec
{
    /// <summary>Who.</summary>
    public string? User { get; set; }

    /// <summary>UID of who.</summary>
    public string? Uid { get; set; }

    /// <summary>Groups of who.</summary>
    public List<string>? Groups { get; set; }

    /// <summary>What else the authenticator said of them.</summary>
    public Dictionary<string, List<string>>? Extra { get; set; }

    /// <summary>What.</summary>
    public ResourceAttributes? ResourceAttributes { get; set; }
}
