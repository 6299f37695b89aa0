namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenReviewStatus.</summary>
public sealed record TokenReviewStatus
{
    /// <summary>Whether the token is good.</summary>
    public bool Authenticated { get; set; }

    /// <summary>Whose it is.</summary>
    public UserInfo? User { get; set; }

    /// <summary>Those of the asked audiences that the token has; absent when the server does not check audiences.</summary>
    public List<string>? Audiences { get; set; }

    /// <summary>Why it could not be checked.</summary>
    public string? Error { get; set; }
}
