using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes;

/// <summary>
/// <c>ExecCredential</c> of <c>client.authentication.k8s.io</c>: the question to a credential plugin (with a spec), and its answer (with a
/// status).
/// </summary>
internal sealed class ExecCredential
{
    public const string KindName = "ExecCredential";

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecCredentialSpec? Spec { get; init; }

    public ExecCredentialStatus? Status { get; init; }
}

/// <summary>What a plugin is told.</summary>
internal sealed record ExecCredentialSpec
{
    public ExecCluster? Cluster { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Interactive { get; init; }
}

/// <summary>The cluster that a plugin makes a credential for.</summary>
internal sealed record ExecCluster
{
    public required string Server { get; init; }

    [JsonPropertyName("tls-server-name")]
    public string? TlsServerName { get; init; }

    [JsonPropertyName("insecure-skip-tls-verify")]
    public bool InsecureSkipTlsVerify { get; init; }

    [JsonPropertyName("certificate-authority-data")]
    public byte[]? CertificateAuthorityData { get; init; }

    [JsonPropertyName("proxy-url")]
    public string? ProxyUrl { get; init; }

    [JsonPropertyName("disable-compression")]
    public bool DisableCompression { get; init; }

    public JsonNode? Config { get; init; }
}

/// <summary>What a plugin prints. A class, so that no ToString shows the token.</summary>
internal sealed class ExecCredentialStatus
{
    public DateTimeOffset? ExpirationTimestamp { get; init; }

    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class ExecCredentialJson : JsonSerializerContext;
