namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenReviewSpec.</summary>
public sealed class TokenReviewSpec
{
    /// <summary>The token asked about.</summary>
    public string? Token { get; set; }

    /// <summary>Audiences of which the token must have one.</summary>
    public List<string>? Audiences { get; set; }
}
