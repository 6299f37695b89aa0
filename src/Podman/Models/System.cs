using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The engine and its host: the answer of <c>GET /libpod/info</c>.</summary>
public sealed record SystemInfo
{
    /// <summary>The host.</summary>
    [JsonPropertyName("host")]
    public HostInfo? Host { get; init; }

    /// <summary>The versions.</summary>
    [JsonPropertyName("version")]
    public VersionInfo? Version { get; init; }

    /// <summary>Where the engine stores images and containers.</summary>
    [JsonPropertyName("store")]
    public StoreInfo? Store { get; init; }
}

/// <summary>The engine's host.</summary>
public sealed record HostInfo
{
    /// <summary>The architecture, as Go names it.</summary>
    [JsonPropertyName("arch")]
    public string? Architecture { get; init; }

    /// <summary>The kernel's release.</summary>
    [JsonPropertyName("kernel")]
    public string? Kernel { get; init; }

    /// <summary><c>v1</c> or <c>v2</c>.</summary>
    [JsonPropertyName("cgroupVersion")]
    public string? CgroupVersion { get; init; }

    /// <summary>The cgroup controllers that the engine may use.</summary>
    [JsonPropertyName("cgroupControllers")]
    public string[]? CgroupControllers { get; init; }

    /// <summary><c>systemd</c> or <c>cgroupfs</c>.</summary>
    [JsonPropertyName("cgroupManager")]
    public string? CgroupManager { get; init; }

    /// <summary>How many processors there are.</summary>
    [JsonPropertyName("cpus")]
    public int Processors { get; init; }

    /// <summary>The memory in bytes.</summary>
    [JsonPropertyName("memTotal")]
    public long MemoryBytes { get; init; }

    /// <summary>The distribution.</summary>
    [JsonPropertyName("distribution")]
    public DistributionInfo? Distribution { get; init; }

    /// <summary>The user namespace of a rootless engine.</summary>
    [JsonPropertyName("idMappings")]
    public IdMappings? IDMappings { get; init; }

    /// <summary>The security features.</summary>
    [JsonPropertyName("security")]
    public SecurityInfo? Security { get; init; }

    /// <summary>The OCI runtime.</summary>
    [JsonPropertyName("ociRuntime")]
    public RuntimeInfo? Runtime { get; init; }
}

/// <summary>The host's distribution.</summary>
public sealed record DistributionInfo
{
    /// <summary>The name.</summary>
    [JsonPropertyName("distribution")]
    public string? Name { get; init; }

    /// <summary>The version.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>The code name.</summary>
    [JsonPropertyName("codename")]
    public string? Codename { get; init; }
}

/// <summary>The user namespace of a rootless engine; empty if the engine runs as root.</summary>
public sealed record IdMappings
{
    /// <summary>The mapping of users.</summary>
    [JsonPropertyName("uidmap")]
    public IdMapping[]? Users { get; init; }

    /// <summary>The mapping of groups.</summary>
    [JsonPropertyName("gidmap")]
    public IdMapping[]? Groups { get; init; }
}

/// <summary>A range of ids.</summary>
public sealed record IdMapping
{
    /// <summary>The first id inside.</summary>
    [JsonPropertyName("container_id")]
    public long ContainerID { get; init; }

    /// <summary>The first id on the host.</summary>
    [JsonPropertyName("host_id")]
    public long HostID { get; init; }

    /// <summary>How many ids there are.</summary>
    [JsonPropertyName("size")]
    public long Size { get; init; }
}

/// <summary>The engine's security features.</summary>
public sealed record SecurityInfo
{
    /// <summary>Whether the engine runs without root.</summary>
    [JsonPropertyName("rootless")]
    public bool Rootless { get; init; }

    /// <summary>Whether it applies seccomp profiles.</summary>
    [JsonPropertyName("seccompEnabled")]
    public bool Seccomp { get; init; }

    /// <summary>Whether SELinux is on.</summary>
    [JsonPropertyName("selinuxEnabled")]
    public bool SELinux { get; init; }

    /// <summary>Whether AppArmor is on.</summary>
    [JsonPropertyName("apparmorEnabled")]
    public bool AppArmor { get; init; }
}

/// <summary>The OCI runtime.</summary>
public sealed record RuntimeInfo
{
    /// <summary>The name, such as <c>crun</c>.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What the runtime prints about its version.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }
}

/// <summary>Where the engine stores images and containers. Paths are those of the engine's host.</summary>
public sealed record StoreInfo
{
    /// <summary>The directory of images and containers.</summary>
    [JsonPropertyName("graphRoot")]
    public string? GraphRoot { get; init; }

    /// <summary>The directory of state that a reboot clears.</summary>
    [JsonPropertyName("runRoot")]
    public string? RunRoot { get; init; }

    /// <summary>The storage driver, such as <c>overlay</c>.</summary>
    [JsonPropertyName("graphDriverName")]
    public string? Driver { get; init; }

    /// <summary>The directory of volumes.</summary>
    [JsonPropertyName("volumePath")]
    public string? VolumePath { get; init; }
}

/// <summary>The engine's versions.</summary>
public sealed record VersionInfo
{
    /// <summary>The version of Podman.</summary>
    [JsonPropertyName("Version")]
    public string? Version { get; init; }

    /// <summary>The newest version of the API that it serves.</summary>
    [JsonPropertyName("APIVersion")]
    public string? APIVersion { get; init; }
}

/// <summary>An event: one line in the answer of <c>GET /libpod/events</c>.</summary>
public sealed record ContainerEvent
{
    /// <summary>What happened, such as <c>died</c>, <c>remove</c>, <c>oom</c> or <c>pull</c>.</summary>
    [JsonPropertyName("Action")]
    public string? Action { get; init; }

    /// <summary>The container or image that it happened to.</summary>
    [JsonPropertyName("Actor")]
    public ContainerEventActor? Actor { get; init; }

    /// <summary>When it happened, in nanoseconds since 1970.</summary>
    [JsonPropertyName("timeNano")]
    public long TimeNanoseconds { get; init; }
}

/// <summary>The container or image that an event is about.</summary>
public sealed record ContainerEventActor
{
    /// <summary>The id.</summary>
    [JsonPropertyName("ID")]
    public string? ID { get; init; }

    /// <summary>The labels and the name; <c>containerExitCode</c> when a container died.</summary>
    [JsonPropertyName("Attributes")]
    public Dictionary<string, string>? Attributes { get; init; }
}

/// <summary>The answer to a call that failed.</summary>
internal sealed record ErrorBody
{
    /// <summary>The error at the root.</summary>
    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    /// <summary>The error with its context.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
