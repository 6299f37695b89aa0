using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>How a container is held by its host.</summary>
internal sealed record InspectHostConfig
{
    [JsonPropertyName("LogConfig")]
    public InspectLog? Log { get; init; }

    [JsonPropertyName("NetworkMode")]
    public string? NetworkMode { get; init; }

    [JsonPropertyName("PortBindings")]
    public Dictionary<string, System.Text.Json.JsonElement>? PortBindings { get; init; }

    [JsonPropertyName("RestartPolicy")]
    public InspectRestart? RestartPolicy { get; init; }

    [JsonPropertyName("AutoRemove")]
    public bool AutoRemove { get; init; }

    [JsonPropertyName("Annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    [JsonPropertyName("VolumesFrom")]
    public string[]? VolumesFrom { get; init; }

    [JsonPropertyName("CapAdd")]
    public string[]? CapAdd { get; init; }

    [JsonPropertyName("CapDrop")]
    public string[]? CapDrop { get; init; }

    [JsonPropertyName("ExtraHosts")]
    public string[]? ExtraHosts { get; init; }

    [JsonPropertyName("GroupAdd")]
    public string[]? GroupAdd { get; init; }

    [JsonPropertyName("CgroupMode")]
    public string? CgroupMode { get; init; }

    [JsonPropertyName("IpcMode")]
    public string? IpcMode { get; init; }

    [JsonPropertyName("PidMode")]
    public string? PidMode { get; init; }

    [JsonPropertyName("UTSMode")]
    public string? UtsMode { get; init; }

    [JsonPropertyName("UsernsMode")]
    public string? UsernsMode { get; init; }

    /// <summary>There only with a user namespace of the container's own.</summary>
    [JsonPropertyName("IDMappings")]
    public InspectIDMappings? IDMappings { get; init; }

    [JsonPropertyName("Cgroups")]
    public string? Cgroups { get; init; }

    [JsonPropertyName("Privileged")]
    public bool Privileged { get; init; }

    [JsonPropertyName("ReadonlyRootfs")]
    public bool ReadOnlyRoot { get; init; }

    [JsonPropertyName("SecurityOpt")]
    public string[]? SecurityOptions { get; init; }

    [JsonPropertyName("Tmpfs")]
    public Dictionary<string, string>? Tmpfs { get; init; }

    [JsonPropertyName("Memory")]
    public long Memory { get; init; }

    [JsonPropertyName("MemorySwap")]
    public long MemorySwap { get; init; }

    [JsonPropertyName("NanoCpus")]
    public long NanoCpus { get; init; }

    [JsonPropertyName("CpuQuota")]
    public long CpuQuota { get; init; }

    [JsonPropertyName("CpuPeriod")]
    public ulong CpuPeriod { get; init; }

    [JsonPropertyName("CpuShares")]
    public ulong CpuShares { get; init; }

    [JsonPropertyName("PidsLimit")]
    public long PidsLimit { get; init; }

    [JsonPropertyName("Devices")]
    public InspectDevice[]? Devices { get; init; }

    [JsonPropertyName("Ulimits")]
    public InspectUlimit[]? Ulimits { get; init; }

    [JsonPropertyName("OomScoreAdj")]
    public int OomScoreAdj { get; init; }

    [JsonPropertyName("Init")]
    public bool? Init { get; init; }
}
