using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>
/// A container to create: the body of <c>POST /libpod/containers/create</c> (<c>specgen.SpecGenerator</c> in Podman's source), as far as
/// this library uses it.
/// </summary>
/// <remarks>
/// A field that an image or the engine's containers.conf could otherwise fill is required here, so that a container never inherits a
/// setting that its creator did not choose. Podman ignores fields that its version does not know.
/// </remarks>
public sealed record SpecGenerator
{
    /// <summary>The container's name.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The id of a local image; empty if <see cref="Rootfs"/> is set.</summary>
    [JsonPropertyName("image")]
    public required string Image { get; init; }

    /// <summary>A host directory that becomes the container's root instead of an image; null to use <see cref="Image"/>.</summary>
    [JsonPropertyName("rootfs")]
    public string? Rootfs { get; init; }

    /// <summary>The image name that Podman shows for the container.</summary>
    [JsonPropertyName("raw_image_name")]
    public required string ImageName { get; init; }

    /// <summary>The program and its leading arguments; replaces the image's entrypoint.</summary>
    [JsonPropertyName("entrypoint")]
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>The arguments that follow the entrypoint; replace the image's command.</summary>
    [JsonPropertyName("command")]
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Environment variables.</summary>
    [JsonPropertyName("env")]
    public required IReadOnlyDictionary<string, string> Env { get; init; }

    /// <summary>Whether to drop the variables of the image and of containers.conf.</summary>
    [JsonPropertyName("unsetenvall")]
    public required bool UnsetEnvAll { get; init; }

    /// <summary>Whether the container inherits the environment of the service.</summary>
    [JsonPropertyName("env_host")]
    public required bool EnvHost { get; init; }

    /// <summary>Whether the container inherits the proxy variables of the service.</summary>
    [JsonPropertyName("httpproxy")]
    public required bool HttpProxy { get; init; }

    /// <summary>Whether the first process gets a terminal.</summary>
    [JsonPropertyName("terminal")]
    public required bool Terminal { get; init; }

    /// <summary>Whether standard input stays open.</summary>
    [JsonPropertyName("stdin")]
    public required bool Stdin { get; init; }

    /// <summary>Labels, by which containers can be listed.</summary>
    [JsonPropertyName("labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>OCI annotations.</summary>
    [JsonPropertyName("annotations")]
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>The number of the signal that a stop sends first.</summary>
    [JsonPropertyName("stop_signal")]
    public required int StopSignal { get; init; }

    /// <summary>Seconds between that signal and SIGKILL.</summary>
    [JsonPropertyName("stop_timeout")]
    public required uint StopTimeout { get; init; }

    /// <summary>Seconds after which the engine kills the container; 0 for never.</summary>
    [JsonPropertyName("timeout")]
    public required uint Timeout { get; init; }

    /// <summary>Where the container's output goes.</summary>
    [JsonPropertyName("log_configuration")]
    public required LogConfiguration Log { get; init; }

    /// <summary><c>no</c>, <c>on-failure</c>, <c>always</c> or <c>unless-stopped</c>.</summary>
    [JsonPropertyName("restart_policy")]
    public required string RestartPolicy { get; init; }

    /// <summary>Whether to prepare the container for systemd: <c>true</c>, <c>false</c> or <c>always</c>.</summary>
    [JsonPropertyName("systemd")]
    public required string Systemd { get; init; }

    /// <summary>Who reports readiness to systemd: <c>container</c>, <c>conmon</c> or <c>ignore</c>.</summary>
    [JsonPropertyName("sdnotifyMode")]
    public required string SdNotify { get; init; }

    /// <summary>Whether a small init becomes the first process.</summary>
    [JsonPropertyName("init")]
    public required bool Init { get; init; }

    /// <summary>Whether the engine removes the container when it exits.</summary>
    [JsonPropertyName("remove")]
    public required bool Remove { get; init; }

    /// <summary><c>uid:gid</c> as the container numbers them.</summary>
    [JsonPropertyName("user")]
    public required string User { get; init; }

    /// <summary>Supplementary groups.</summary>
    [JsonPropertyName("groups")]
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The host name inside the container.</summary>
    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    /// <summary>The working directory of the first process.</summary>
    [JsonPropertyName("work_dir")]
    public required string WorkDir { get; init; }

    /// <summary>The umask of the first process, in octal.</summary>
    [JsonPropertyName("umask")]
    public required string Umask { get; init; }

    /// <summary>A zone of the tz database or <c>local</c>; null for the image's.</summary>
    [JsonPropertyName("timezone")]
    public string? Timezone { get; init; }

    /// <summary>The line that Podman adds to /etc/passwd.</summary>
    [JsonPropertyName("passwd_entry")]
    public required string PasswdEntry { get; init; }

    /// <summary>The line that Podman adds to /etc/group.</summary>
    [JsonPropertyName("group_entry")]
    public required string GroupEntry { get; init; }

    /// <summary>The PID namespace.</summary>
    [JsonPropertyName("pidns")]
    public required NamespaceMode PidNamespace { get; init; }

    /// <summary>The UTS namespace.</summary>
    [JsonPropertyName("utsns")]
    public required NamespaceMode UtsNamespace { get; init; }

    /// <summary>The IPC namespace.</summary>
    [JsonPropertyName("ipcns")]
    public required NamespaceMode IpcNamespace { get; init; }

    /// <summary>The cgroup namespace.</summary>
    [JsonPropertyName("cgroupns")]
    public required NamespaceMode CgroupNamespace { get; init; }

    /// <summary>The network namespace.</summary>
    [JsonPropertyName("netns")]
    public required NamespaceMode NetworkNamespace { get; init; }

    /// <summary>The user namespace.</summary>
    [JsonPropertyName("userns")]
    public required NamespaceMode UserNamespace { get; init; }

    /// <summary><c>enabled</c>, <c>disabled</c>, <c>no-conmon</c> or <c>split</c>.</summary>
    [JsonPropertyName("cgroups_mode")]
    public required string Cgroups { get; init; }

    /// <summary>Capabilities to add to the default set.</summary>
    [JsonPropertyName("cap_add")]
    public required IReadOnlyList<string> CapAdd { get; init; }

    /// <summary>Capabilities to drop from it; <c>all</c> for every one.</summary>
    [JsonPropertyName("cap_drop")]
    public required IReadOnlyList<string> CapDrop { get; init; }

    /// <summary>Whether processes can never gain privileges (prctl(2), PR_SET_NO_NEW_PRIVS).</summary>
    [JsonPropertyName("no_new_privileges")]
    public required bool NoNewPrivileges { get; init; }

    /// <summary>Whether to turn the confinement off.</summary>
    [JsonPropertyName("privileged")]
    public required bool Privileged { get; init; }

    /// <summary><c>default</c>, or <c>image</c> for the profile of the image's annotation.</summary>
    [JsonPropertyName("seccomp_policy")]
    public required string SeccompPolicy { get; init; }

    /// <summary>The seccomp profile, a file on the engine's host; <c>unconfined</c> for none.</summary>
    [JsonPropertyName("seccomp_profile_path")]
    public required string SeccompProfile { get; init; }

    /// <summary>Whether the root file system is read-only.</summary>
    [JsonPropertyName("read_only_filesystem")]
    public required bool ReadOnlyRoot { get; init; }

    /// <summary>
    /// Whether a read-only container gets Podman's own tmpfs mounts. Podman 4.3 does not know the field and adds none through the API.
    /// </summary>
    [JsonPropertyName("read_write_tmpfs")]
    public required bool ReadWriteTmpfs { get; init; }

    /// <summary>What becomes of the image's volumes: <c>anonymous</c>, <c>tmpfs</c> or <c>ignore</c>.</summary>
    [JsonPropertyName("image_volume_mode")]
    public required string ImageVolumes { get; init; }

    /// <summary>Whether a power cut may lose the container's layer, so that no write waits for the disk.</summary>
    [JsonPropertyName("volatile")]
    public required bool Volatile { get; init; }

    /// <summary>Mounts other than named volumes.</summary>
    [JsonPropertyName("mounts")]
    public required IReadOnlyList<SpecMount> Mounts { get; init; }

    /// <summary>Named volumes.</summary>
    [JsonPropertyName("volumes")]
    public required IReadOnlyList<SpecVolume> Volumes { get; init; }

    /// <summary>Whether to keep the image's /etc/hosts.</summary>
    [JsonPropertyName("use_image_hosts")]
    public required bool UseImageHosts { get; init; }

    /// <summary>Whether to keep the image's /etc/resolv.conf.</summary>
    [JsonPropertyName("use_image_resolve_conf")]
    public required bool UseImageResolvConf { get; init; }

    /// <summary>POSIX limits of the first process.</summary>
    [JsonPropertyName("r_limits")]
    public required IReadOnlyList<SpecRlimit> Rlimits { get; init; }

    /// <summary>Cgroup limits; null for none, which is the only choice where the engine has no controllers.</summary>
    [JsonPropertyName("resource_limits")]
    public SpecResources? Resources { get; init; }

    /// <summary>The health check.</summary>
    [JsonPropertyName("healthconfig")]
    public required SpecHealthCheck HealthCheck { get; init; }
}

/// <summary>How a namespace of the container is made (<c>specgen.Namespace</c>).</summary>
public sealed record NamespaceMode
{
    /// <summary><c>private</c>, <c>none</c>, <c>host</c>, or for users <c>keep-id</c>.</summary>
    [JsonPropertyName("nsmode")]
    public required string Mode { get; init; }

    /// <summary>The mode's parameter; null if it has none.</summary>
    [JsonPropertyName("value")]
    public string? Value { get; init; }
}

/// <summary>Where a container's output goes (<c>specgen.LogConfig</c>).</summary>
public sealed record LogConfiguration
{
    /// <summary><c>k8s-file</c>, <c>journald</c> or <c>none</c>.</summary>
    [JsonPropertyName("driver")]
    public required string Driver { get; init; }

    /// <summary>The log file on the engine's host; empty for the driver's default.</summary>
    [JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>The size in bytes at which conmon starts the file over; -1 for never.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }
}

/// <summary>A mount in the form of the OCI runtime specification.</summary>
public sealed record SpecMount
{
    /// <summary>The absolute path in the container.</summary>
    [JsonPropertyName("destination")]
    public required string Destination { get; init; }

    /// <summary>The file system type; <c>bind</c> for a bind mount.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The path on the engine's host, or the device.</summary>
    [JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>Mount options, as mount(8) spells them.</summary>
    [JsonPropertyName("options")]
    public required IReadOnlyList<string> Options { get; init; }
}

/// <summary>The mount of a named volume (<c>specgen.NamedVolume</c>).</summary>
public sealed record SpecVolume
{
    /// <summary>The volume.</summary>
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    /// <summary>The absolute path in the container.</summary>
    [JsonPropertyName("Dest")]
    public required string Destination { get; init; }

    /// <summary>Mount options, as mount(8) spells them.</summary>
    [JsonPropertyName("Options")]
    public required IReadOnlyList<string> Options { get; init; }
}

/// <summary>A POSIX limit of the first process (<c>POSIXRlimit</c> in the OCI runtime specification).</summary>
public sealed record SpecRlimit
{
    /// <summary>The name in lower case without <c>RLIMIT_</c>, such as <c>nofile</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The soft limit.</summary>
    [JsonPropertyName("soft")]
    public required ulong Soft { get; init; }

    /// <summary>The hard limit.</summary>
    [JsonPropertyName("hard")]
    public required ulong Hard { get; init; }
}

/// <summary>Cgroup limits (<c>LinuxResources</c> in the OCI runtime specification). A null member sets no limit.</summary>
public sealed record SpecResources
{
    /// <summary>Memory.</summary>
    [JsonPropertyName("memory")]
    public SpecMemory? Memory { get; init; }

    /// <summary>Processor time.</summary>
    [JsonPropertyName("cpu")]
    public SpecCpu? Cpu { get; init; }

    /// <summary>Processes and threads.</summary>
    [JsonPropertyName("pids")]
    public SpecPids? Pids { get; init; }
}

/// <summary>Limits of memory.</summary>
public sealed record SpecMemory
{
    /// <summary>In bytes.</summary>
    [JsonPropertyName("limit")]
    public required long Limit { get; init; }

    /// <summary>Memory and swap together, in bytes.</summary>
    [JsonPropertyName("swap")]
    public required long Swap { get; init; }
}

/// <summary>Limits of processor time.</summary>
public sealed record SpecCpu
{
    /// <summary>Microseconds of processor time in each period.</summary>
    [JsonPropertyName("quota")]
    public required long Quota { get; init; }

    /// <summary>The period in microseconds.</summary>
    [JsonPropertyName("period")]
    public required ulong Period { get; init; }

    /// <summary>The weight while processors are short; null for the engine's default.</summary>
    [JsonPropertyName("shares")]
    public ulong? Shares { get; init; }
}

/// <summary>The limit of processes and threads.</summary>
public sealed record SpecPids
{
    /// <summary>How many processes and threads the container may have.</summary>
    [JsonPropertyName("limit")]
    public required long Limit { get; init; }
}

/// <summary>A health check.</summary>
public sealed record SpecHealthCheck
{
    /// <summary>The command; <c>NONE</c> turns the image's health check off.</summary>
    [JsonPropertyName("Test")]
    public required IReadOnlyList<string> Test { get; init; }
}
