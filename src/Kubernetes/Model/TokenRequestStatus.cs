using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenRequestStatus.</summary>
public sealed class TokenRequestStatus
{
    /// <summary>The token.</summary>
    public string Token { get; set; } = "";

    /// <summary>When it ends.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset ExpirationTimestamp { get; set; }
}
