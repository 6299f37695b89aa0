using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The engine's host.</summary>
internal sealed record HostInfo
{
    [JsonPropertyName("arch")]
    public string? Architecture { get; init; }

    [JsonPropertyName("kernel")]
    public string? Kernel { get; init; }

    [JsonPropertyName("cgroupVersion")]
    public string? CgroupVersion { get; init; }

    /// <summary>Those delegated to the engine.</summary>
    [JsonPropertyName("cgroupControllers")]
    public string[]? CgroupControllers { get; init; }

    [JsonPropertyName("cgroupManager")]
    public string? CgroupManager { get; init; }

    [JsonPropertyName("cpus")]
    public int Processors { get; init; }

    [JsonPropertyName("memTotal")]
    public long MemoryBytes { get; init; }

    [JsonPropertyName("distribution")]
    public DistributionInfo? Distribution { get; init; }

    [JsonPropertyName("idMappings")]
    public IdMappings? IDMappings { get; init; }

    [JsonPropertyName("security")]
    public SecurityInfo? Security { get; init; }

    [JsonPropertyName("ociRuntime")]
    public RuntimeInfo? Runtime { get; init; }
}
