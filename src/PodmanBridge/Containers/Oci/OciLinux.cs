using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>What is Linux' own.</summary>
internal sealed record OciLinux
{
    [JsonPropertyName("namespaces")]
    public OciNamespace[]? Namespaces { get; init; }

    [JsonPropertyName("uidMappings")]
    public OciIDMapping[]? UidMappings { get; init; }

    [JsonPropertyName("gidMappings")]
    public OciIDMapping[]? GidMappings { get; init; }

    [JsonPropertyName("sysctl")]
    public Dictionary<string, string>? Sysctl { get; init; }

    [JsonPropertyName("devices")]
    public OciDevice[]? Devices { get; init; }

    [JsonPropertyName("seccomp")]
    public OciSeccomp? Seccomp { get; init; }

    [JsonPropertyName("maskedPaths")]
    public string[]? MaskedPaths { get; init; }

    [JsonPropertyName("readonlyPaths")]
    public string[]? ReadOnlyPaths { get; init; }
}
