using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>The first process.</summary>
internal sealed record OciProcess
{
    [JsonPropertyName("terminal")]
    public bool Terminal { get; init; }

    [JsonPropertyName("user")]
    public OciUser? User { get; init; }

    [JsonPropertyName("args")]
    public string[]? Arguments { get; init; }

    [JsonPropertyName("env")]
    public string[]? Env { get; init; }

    [JsonPropertyName("cwd")]
    public string? WorkingDirectory { get; init; }

    /// <summary>By set: bounding, effective and so on.</summary>
    [JsonPropertyName("capabilities")]
    public Dictionary<string, string[]?>? Capabilities { get; init; }

    [JsonPropertyName("rlimits")]
    public OciRlimit[]? Rlimits { get; init; }

    [JsonPropertyName("noNewPrivileges")]
    public bool NoNewPrivileges { get; init; }
}
