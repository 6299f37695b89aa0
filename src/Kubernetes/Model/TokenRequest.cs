using System.Text.Json.Serialization;

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

    /// <summary>Audiences and lifetime of the token.</summary>
    public TokenRequestSpec Spec { get; set; } = new();

    /// <summary>The token.</summary>
    public TokenRequestStatus? Status { get; set; }
}

/// <summary>authentication/v1 TokenRequestSpec.</summary>
public sealed record TokenRequestSpec
{
    /// <summary>Audiences; empty means the API server.</summary>
    public List<string> Audiences { get; set; } = [];

    /// <summary>Lifetime asked for, in seconds, at least 600.</summary>
    public long? ExpirationSeconds { get; set; }
}

/// <summary>authentication/v1 TokenRequestStatus.</summary>
public sealed class TokenRequestStatus
{
    /// <summary>The token.</summary>
    public string Token { get; set; } = "";

    /// <summary>When the token expires.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset ExpirationTimestamp { get; set; }
}
