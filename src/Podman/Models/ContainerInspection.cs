using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container's effective configuration and state: the answer of <c>GET /libpod/containers/{name}/json</c>.</summary>
/// <remarks>Nearly every member is nullable: an absent one means that this version of Podman does not report it.</remarks>
public sealed record ContainerInspection
{
    /// <summary>The container's id.</summary>
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    /// <summary>The container's name.</summary>
    [JsonPropertyName("Name")]
    public string? Name { get; init; }

    /// <summary>The id of the image.</summary>
    [JsonPropertyName("Image")]
    public string? ImageID { get; init; }

    /// <summary>The image's name when the container was created.</summary>
    [JsonPropertyName("ImageName")]
    public string? ImageName { get; init; }

    /// <summary>The program of the first process.</summary>
    [JsonPropertyName("Path")]
    public string? Path { get; init; }

    /// <summary>The arguments of the first process.</summary>
    [JsonPropertyName("Args")]
    public string[]? Args { get; init; }

    /// <summary>When the container was created.</summary>
    [JsonPropertyName("Created")]
    public DateTimeOffset? Created { get; init; }

    /// <summary>The runtime's config.json on the engine's host; absent until the container has been initialised.</summary>
    [JsonPropertyName("OCIConfigPath")]
    public string? OciConfigPath { get; init; }

    /// <summary>The effective capabilities.</summary>
    [JsonPropertyName("EffectiveCaps")]
    public string[]? EffectiveCaps { get; init; }

    /// <summary>The bounding capabilities.</summary>
    [JsonPropertyName("BoundingCaps")]
    public string[]? BoundingCaps { get; init; }

    /// <summary>Bind mounts and volumes.</summary>
    [JsonPropertyName("Mounts")]
    public InspectMount[]? Mounts { get; init; }

    /// <summary>The pod; empty if there is none.</summary>
    [JsonPropertyName("Pod")]
    public string? Pod { get; init; }

    /// <summary>The state.</summary>
    [JsonPropertyName("State")]
    public ContainerState? State { get; init; }

    /// <summary>How the container was configured.</summary>
    [JsonPropertyName("Config")]
    public InspectConfig? Config { get; init; }

    /// <summary>How the host confines the container.</summary>
    [JsonPropertyName("HostConfig")]
    public InspectHostConfig? HostConfig { get; init; }

    /// <summary>Whether the container keeps its image's /etc/hosts.</summary>
    [JsonPropertyName("UseImageHosts")]
    public bool? UseImageHosts { get; init; }
}

/// <summary>The state of a container.</summary>
public sealed record ContainerState
{
    /// <summary><c>created</c>, <c>initialized</c>, <c>running</c>, <c>stopped</c>, <c>exited</c>, ….</summary>
    [JsonPropertyName("Status")]
    public string? Status { get; init; }

    /// <summary>Whether the first process runs.</summary>
    [JsonPropertyName("Running")]
    public bool Running { get; init; }

    /// <summary>Whether the kernel killed a process of the container for want of memory.</summary>
    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }

    /// <summary>The first process in the engine's PID namespace; 0 if there is none.</summary>
    [JsonPropertyName("Pid")]
    public int Pid { get; init; }

    /// <summary>The monitor in the engine's PID namespace; 0 if there is none.</summary>
    [JsonPropertyName("ConmonPid")]
    public int ConmonPid { get; init; }

    /// <summary>The exit code of the first process; 0 before it exits.</summary>
    [JsonPropertyName("ExitCode")]
    public int ExitCode { get; init; }

    /// <summary>Why the container did not start.</summary>
    [JsonPropertyName("Error")]
    public string? Error { get; init; }

    /// <summary>When the container last started; the year 1 if it never did.</summary>
    [JsonPropertyName("StartedAt")]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the container last exited; the year 1 if it never did.</summary>
    [JsonPropertyName("FinishedAt")]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The container's cgroup below the cgroup root.</summary>
    [JsonPropertyName("CgroupPath")]
    public string? CgroupPath { get; init; }
}

/// <summary>How a container was configured.</summary>
public sealed record InspectConfig
{
    /// <summary>The host name inside the container.</summary>
    [JsonPropertyName("Hostname")]
    public string? Hostname { get; init; }

    /// <summary>The user of the first process.</summary>
    [JsonPropertyName("User")]
    public string? User { get; init; }

    /// <summary>Environment variables, as <c>NAME=VALUE</c>.</summary>
    [JsonPropertyName("Env")]
    public string[]? Env { get; init; }

    /// <summary>The command.</summary>
    [JsonPropertyName("Cmd")]
    public string[]? Command { get; init; }

    /// <summary>The entrypoint, joined by spaces: the shape of version 4 of the API.</summary>
    [JsonPropertyName("Entrypoint")]
    public string? Entrypoint { get; init; }

    /// <summary>The number of the signal that a stop sends first.</summary>
    [JsonPropertyName("StopSignal")]
    public int StopSignal { get; init; }

    /// <summary>The working directory.</summary>
    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    /// <summary>Whether the first process has a terminal.</summary>
    [JsonPropertyName("Tty")]
    public bool Tty { get; init; }

    /// <summary>Whether standard input stays open.</summary>
    [JsonPropertyName("OpenStdin")]
    public bool OpenStdin { get; init; }

    /// <summary>Labels.</summary>
    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>OCI annotations.</summary>
    [JsonPropertyName("Annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>The health check.</summary>
    [JsonPropertyName("Healthcheck")]
    public InspectHealthCheck? HealthCheck { get; init; }

    /// <summary>The health check during startup.</summary>
    [JsonPropertyName("StartupHealthCheck")]
    public InspectHealthCheck? StartupHealthCheck { get; init; }

    /// <summary>The time zone.</summary>
    [JsonPropertyName("Timezone")]
    public string? Timezone { get; init; }

    /// <summary>Whether the container is prepared for systemd.</summary>
    [JsonPropertyName("SystemdMode")]
    public bool SystemdMode { get; init; }

    /// <summary>The umask, in octal.</summary>
    [JsonPropertyName("Umask")]
    public string? Umask { get; init; }

    /// <summary>The Podman secrets that the container has.</summary>
    [JsonPropertyName("Secrets")]
    public InspectSecret[]? Secrets { get; init; }

    /// <summary>Seconds after which the engine kills the container; 0 for never.</summary>
    [JsonPropertyName("Timeout")]
    public uint Timeout { get; init; }

    /// <summary>Seconds between the stop signal and SIGKILL.</summary>
    [JsonPropertyName("StopTimeout")]
    public uint StopTimeout { get; init; }

    /// <summary>Directories in which Podman also maintains files such as /etc/hosts.</summary>
    [JsonPropertyName("ChrootDirs")]
    public string[]? ChrootDirs { get; init; }

    /// <summary>Who reports readiness to systemd.</summary>
    [JsonPropertyName("sdNotifyMode")]
    public string? SdNotify { get; init; }

    /// <summary>The socket on which it is reported.</summary>
    [JsonPropertyName("sdNotifySocket")]
    public string? SdNotifySocket { get; init; }
}

/// <summary>How the host confines a container.</summary>
public sealed record InspectHostConfig
{
    /// <summary>Where the container's output goes.</summary>
    [JsonPropertyName("LogConfig")]
    public InspectLog? Log { get; init; }

    /// <summary>The network namespace.</summary>
    [JsonPropertyName("NetworkMode")]
    public string? NetworkMode { get; init; }

    /// <summary>Published ports.</summary>
    [JsonPropertyName("PortBindings")]
    public Dictionary<string, JsonElement>? PortBindings { get; init; }

    /// <summary>The restart policy.</summary>
    [JsonPropertyName("RestartPolicy")]
    public InspectRestart? RestartPolicy { get; init; }

    /// <summary>Whether the engine removes the container when it exits.</summary>
    [JsonPropertyName("AutoRemove")]
    public bool AutoRemove { get; init; }

    /// <summary>OCI annotations.</summary>
    [JsonPropertyName("Annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>The containers whose volumes this one shares.</summary>
    [JsonPropertyName("VolumesFrom")]
    public string[]? VolumesFrom { get; init; }

    /// <summary>Capabilities added to the default set.</summary>
    [JsonPropertyName("CapAdd")]
    public string[]? CapAdd { get; init; }

    /// <summary>Capabilities dropped from it.</summary>
    [JsonPropertyName("CapDrop")]
    public string[]? CapDrop { get; init; }

    /// <summary>Lines added to /etc/hosts.</summary>
    [JsonPropertyName("ExtraHosts")]
    public string[]? ExtraHosts { get; init; }

    /// <summary>Supplementary groups.</summary>
    [JsonPropertyName("GroupAdd")]
    public string[]? GroupAdd { get; init; }

    /// <summary>The cgroup namespace.</summary>
    [JsonPropertyName("CgroupMode")]
    public string? CgroupMode { get; init; }

    /// <summary>The IPC namespace.</summary>
    [JsonPropertyName("IpcMode")]
    public string? IpcMode { get; init; }

    /// <summary>The PID namespace.</summary>
    [JsonPropertyName("PidMode")]
    public string? PidMode { get; init; }

    /// <summary>The UTS namespace.</summary>
    [JsonPropertyName("UTSMode")]
    public string? UtsMode { get; init; }

    /// <summary>The user namespace.</summary>
    [JsonPropertyName("UsernsMode")]
    public string? UsernsMode { get; init; }

    /// <summary>The container's own user namespace; absent if it has none.</summary>
    [JsonPropertyName("IDMappings")]
    public InspectIDMappings? IDMappings { get; init; }

    /// <summary>Whether the container has cgroups of its own.</summary>
    [JsonPropertyName("Cgroups")]
    public string? Cgroups { get; init; }

    /// <summary>Whether the confinement is off.</summary>
    [JsonPropertyName("Privileged")]
    public bool Privileged { get; init; }

    /// <summary>Whether the root file system is read-only.</summary>
    [JsonPropertyName("ReadonlyRootfs")]
    public bool ReadOnlyRoot { get; init; }

    /// <summary>Security options, as <c>podman run --security-opt</c> spells them.</summary>
    [JsonPropertyName("SecurityOpt")]
    public string[]? SecurityOptions { get; init; }

    /// <summary>Tmpfs mounts with their options, by path.</summary>
    [JsonPropertyName("Tmpfs")]
    public Dictionary<string, string>? Tmpfs { get; init; }

    /// <summary>The limit of memory in bytes; 0 for none.</summary>
    [JsonPropertyName("Memory")]
    public long Memory { get; init; }

    /// <summary>The limit of memory and swap together in bytes; 0 for none.</summary>
    [JsonPropertyName("MemorySwap")]
    public long MemorySwap { get; init; }

    /// <summary>Billionths of a processor; 0 for no limit.</summary>
    [JsonPropertyName("NanoCpus")]
    public long NanoCpus { get; init; }

    /// <summary>Microseconds of processor time in each period; 0 for no limit.</summary>
    [JsonPropertyName("CpuQuota")]
    public long CpuQuota { get; init; }

    /// <summary>The period in microseconds.</summary>
    [JsonPropertyName("CpuPeriod")]
    public ulong CpuPeriod { get; init; }

    /// <summary>The weight while processors are short.</summary>
    [JsonPropertyName("CpuShares")]
    public ulong CpuShares { get; init; }

    /// <summary>The limit of processes and threads; 0 for none.</summary>
    [JsonPropertyName("PidsLimit")]
    public long PidsLimit { get; init; }

    /// <summary>Devices of the host.</summary>
    [JsonPropertyName("Devices")]
    public InspectDevice[]? Devices { get; init; }

    /// <summary>POSIX limits.</summary>
    [JsonPropertyName("Ulimits")]
    public InspectUlimit[]? Ulimits { get; init; }

    /// <summary>The adjustment for the kernel's out-of-memory killer.</summary>
    [JsonPropertyName("OomScoreAdj")]
    public int OomScoreAdj { get; init; }

    /// <summary>Whether a small init is the first process.</summary>
    [JsonPropertyName("Init")]
    public bool? Init { get; init; }
}

/// <summary>A bind mount or volume of a container.</summary>
public sealed record InspectMount
{
    /// <summary><c>bind</c> or <c>volume</c>.</summary>
    [JsonPropertyName("Type")]
    public string? Type { get; init; }

    /// <summary>The volume's name.</summary>
    [JsonPropertyName("Name")]
    public string? Name { get; init; }

    /// <summary>The directory on the engine's host.</summary>
    [JsonPropertyName("Source")]
    public string? Source { get; init; }

    /// <summary>The path in the container.</summary>
    [JsonPropertyName("Destination")]
    public string? Destination { get; init; }

    /// <summary>Mount options.</summary>
    [JsonPropertyName("Options")]
    public string[]? Options { get; init; }

    /// <summary>Whether the container may write.</summary>
    [JsonPropertyName("RW")]
    public bool Writable { get; init; }

    /// <summary>The mount propagation.</summary>
    [JsonPropertyName("Propagation")]
    public string? Propagation { get; init; }

    /// <summary>The part of the volume that is mounted.</summary>
    [JsonPropertyName("SubPath")]
    public string? SubPath { get; init; }
}

/// <summary>A container's own user namespace. Each range is <c>container:host:size</c>.</summary>
public sealed record InspectIDMappings
{
    /// <summary>The mapping of users.</summary>
    [JsonPropertyName("UidMap")]
    public string[]? Users { get; init; }

    /// <summary>The mapping of groups.</summary>
    [JsonPropertyName("GidMap")]
    public string[]? Groups { get; init; }
}

/// <summary>Where a container's output goes.</summary>
public sealed record InspectLog
{
    /// <summary>The driver.</summary>
    [JsonPropertyName("Type")]
    public string? Type { get; init; }

    /// <summary>The log file on the engine's host.</summary>
    [JsonPropertyName("Path")]
    public string? Path { get; init; }

    /// <summary>The tag of log lines.</summary>
    [JsonPropertyName("Tag")]
    public string? Tag { get; init; }

    /// <summary>The size at which conmon starts the file over, as text such as <c>10MB</c>.</summary>
    [JsonPropertyName("Size")]
    public string? Size { get; init; }
}

/// <summary>A container's restart policy.</summary>
public sealed record InspectRestart
{
    /// <summary>The policy; empty or <c>no</c> for none.</summary>
    [JsonPropertyName("Name")]
    public string? Name { get; init; }
}

/// <summary>A device that a container has.</summary>
public sealed record InspectDevice
{
    /// <summary>The path in the container.</summary>
    [JsonPropertyName("PathInContainer")]
    public string? Path { get; init; }
}

/// <summary>A container's health check.</summary>
public sealed record InspectHealthCheck
{
    /// <summary>The command.</summary>
    [JsonPropertyName("Test")]
    public string[]? Test { get; init; }
}

/// <summary>A Podman secret that a container has.</summary>
public sealed record InspectSecret
{
    /// <summary>The secret's name.</summary>
    [JsonPropertyName("Name")]
    public string? Name { get; init; }
}

/// <summary>A POSIX limit of a container.</summary>
public sealed record InspectUlimit
{
    /// <summary>The name, such as <c>RLIMIT_NOFILE</c>.</summary>
    [JsonPropertyName("Name")]
    public string? Name { get; init; }

    /// <summary>The soft limit.</summary>
    [JsonPropertyName("Soft")]
    public long Soft { get; init; }

    /// <summary>The hard limit.</summary>
    [JsonPropertyName("Hard")]
    public long Hard { get; init; }
}
