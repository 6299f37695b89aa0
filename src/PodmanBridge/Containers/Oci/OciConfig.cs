using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>What the OCI runtime was told (runtime-spec <c>config.json</c>), as far as it is looked at.</summary>
internal sealed record OciConfig
{
    [JsonPropertyName("process")]
    public OciProcess? Process { get; init; }

    [JsonPropertyName("root")]
    public OciRoot? Root { get; init; }

    [JsonPropertyName("hostname")]
    public string? Hostname { get; init; }

    [JsonPropertyName("mounts")]
    public OciMount[]? Mounts { get; init; }

    /// <summary>Programs that the runtime starts on the node.</summary>
    [JsonPropertyName("hooks")]
    public Dictionary<string, System.Text.Json.JsonElement>? Hooks { get; init; }

    [JsonPropertyName("annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    [JsonPropertyName("linux")]
    public OciLinux? Linux { get; init; }
}
