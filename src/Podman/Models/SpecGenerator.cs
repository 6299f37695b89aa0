using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>
/// A container to be made: libpod's <c>SpecGenerator</c>, as far as it is used. Every field that an image or containers.conf could fill is
/// required, so that it is set here.
/// </summary>
internal sealed record SpecGenerator
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The id of a local image.</summary>
    [JsonPropertyName("image")]
    public required string Image { get; init; }

    /// <summary>A folder that is the container's root, in place of an image's, which is empty then.</summary>
    [JsonPropertyName("rootfs")]
    public string? Rootfs { get; init; }

    /// <summary>What the container is shown to be made of.</summary>
    [JsonPropertyName("raw_image_name")]
    public required string ImageName { get; init; }

    [JsonPropertyName("entrypoint")]
    public required IReadOnlyList<string> Entrypoint { get; init; }

    [JsonPropertyName("command")]
    public required IReadOnlyList<string> Command { get; init; }

    [JsonPropertyName("env")]
    public required IReadOnlyDictionary<string, string> Env { get; init; }

    /// <summary>Drops the image's and containers.conf's variables.</summary>
    [JsonPropertyName("unsetenvall")]
    public required bool UnsetEnvAll { get; init; }

    [JsonPropertyName("env_host")]
    public required bool EnvHost { get; init; }

    [JsonPropertyName("httpproxy")]
    public required bool HttpProxy { get; init; }

    [JsonPropertyName("terminal")]
    public required bool Terminal { get; init; }

    [JsonPropertyName("stdin")]
    public required bool Stdin { get; init; }

    [JsonPropertyName("labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    [JsonPropertyName("annotations")]
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    [JsonPropertyName("stop_signal")]
    public required int StopSignal { get; init; }

    /// <summary>In seconds.</summary>
    [JsonPropertyName("stop_timeout")]
    public required uint StopTimeout { get; init; }

    /// <summary>Seconds after which the engine kills the container.</summary>
    [JsonPropertyName("timeout")]
    public required uint Timeout { get; init; }

    [JsonPropertyName("log_configuration")]
    public required LogConfiguration Log { get; init; }

    [JsonPropertyName("restart_policy")]
    public required string RestartPolicy { get; init; }

    [JsonPropertyName("systemd")]
    public required string Systemd { get; init; }

    [JsonPropertyName("sdnotifyMode")]
    public required string SdNotify { get; init; }

    [JsonPropertyName("init")]
    public required bool Init { get; init; }

    [JsonPropertyName("remove")]
    public required bool Remove { get; init; }

    /// <summary><c>uid:gid</c> in the container.</summary>
    [JsonPropertyName("user")]
    public required string User { get; init; }

    [JsonPropertyName("groups")]
    public required IReadOnlyList<string> Groups { get; init; }

    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    [JsonPropertyName("work_dir")]
    public required string WorkDir { get; init; }

    [JsonPropertyName("umask")]
    public required string Umask { get; init; }

    [JsonPropertyName("timezone")]
    public string? Timezone { get; init; }

    [JsonPropertyName("passwd_entry")]
    public required string PasswdEntry { get; init; }

    [JsonPropertyName("group_entry")]
    public required string GroupEntry { get; init; }

    [JsonPropertyName("pidns")]
    public required NamespaceMode PidNamespace { get; init; }

    [JsonPropertyName("utsns")]
    public required NamespaceMode UtsNamespace { get; init; }

    [JsonPropertyName("ipcns")]
    public required NamespaceMode IpcNamespace { get; init; }

    [JsonPropertyName("cgroupns")]
    public required NamespaceMode CgroupNamespace { get; init; }

    [JsonPropertyName("netns")]
    public required NamespaceMode NetworkNamespace { get; init; }

    [JsonPropertyName("userns")]
    public required NamespaceMode UserNamespace { get; init; }

    [JsonPropertyName("cgroups_mode")]
    public required string Cgroups { get; init; }

    [JsonPropertyName("cap_add")]
    public required IReadOnlyList<string> CapAdd { get; init; }

    [JsonPropertyName("cap_drop")]
    public required IReadOnlyList<string> CapDrop { get; init; }

    [JsonPropertyName("no_new_privileges")]
    public required bool NoNewPrivileges { get; init; }

    [JsonPropertyName("privileged")]
    public required bool Privileged { get; init; }

    [JsonPropertyName("seccomp_policy")]
    public required string SeccompPolicy { get; init; }

    [JsonPropertyName("seccomp_profile_path")]
    public required string SeccompProfile { get; init; }

    [JsonPropertyName("read_only_filesystem")]
    public required bool ReadOnlyRoot { get; init; }

    /// <summary>Whether Podman adds its own tmpfs mounts; unknown to Podman 4.3, which adds none by the API.</summary>
    [JsonPropertyName("read_write_tmpfs")]
    public required bool ReadWriteTmpfs { get; init; }

    [JsonPropertyName("image_volume_mode")]
    public required string ImageVolumes { get; init; }

    /// <summary>Whether the container's own layer may be lost with the machine's power, so that nothing waits for the disk.</summary>
    [JsonPropertyName("volatile")]
    public required bool Volatile { get; init; }

    [JsonPropertyName("mounts")]
    public required IReadOnlyList<SpecMount> Mounts { get; init; }

    [JsonPropertyName("volumes")]
    public required IReadOnlyList<SpecVolume> Volumes { get; init; }

    [JsonPropertyName("use_image_hosts")]
    public required bool UseImageHosts { get; init; }

    [JsonPropertyName("use_image_resolve_conf")]
    public required bool UseImageResolvConf { get; init; }

    [JsonPropertyName("r_limits")]
    public required IReadOnlyList<SpecRlimit> Rlimits { get; init; }

    /// <summary>Null where the node cannot enforce them.</summary>
    [JsonPropertyName("resource_limits")]
    public SpecResources? Resources { get; init; }

    [JsonPropertyName("healthconfig")]
    public required SpecHealthCheck HealthCheck { get; init; }
}
