using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The configuration of the OCI runtime (runtime-spec <c>config.json</c>), reduced to what we check.</summary>
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

    /// <summary>The capabilities by set: bounding, effective and so on.</summary>
    [JsonPropertyName("capabilities")]
    public Dictionary<string, string[]?>? Capabilities { get; init; }

    [JsonPropertyName("rlimits")]
    public OciRlimit[]? Rlimits { get; init; }

    [JsonPropertyName("noNewPrivileges")]
    public bool NoNewPrivileges { get; init; }
}

/// <summary>The user of the first process.</summary>
internal sealed record OciUser
{
    [JsonPropertyName("uid")]
    public uint UID { get; init; }

    [JsonPropertyName("gid")]
    public uint GID { get; init; }

    [JsonPropertyName("additionalGids")]
    public uint[]? AdditionalGIDs { get; init; }

    [JsonPropertyName("umask")]
    public uint? Umask { get; init; }
}

/// <summary>A POSIX limit.</summary>
internal sealed record OciRlimit
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("soft")]
    public ulong Soft { get; init; }

    [JsonPropertyName("hard")]
    public ulong Hard { get; init; }
}

/// <summary>The root file system.</summary>
internal sealed record OciRoot
{
    [JsonPropertyName("readonly")]
    public bool ReadOnly { get; init; }
}

/// <summary>A mount.</summary>
internal sealed record OciMount
{
    [JsonPropertyName("destination")]
    public string? Destination { get; init; }

    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("source")]
    public string? Source { get; init; }

    [JsonPropertyName("options")]
    public string[]? Options { get; init; }
}

/// <summary>The part that is specific to Linux.</summary>
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

/// <summary>A namespace. An existing one has a path.</summary>
internal sealed record OciNamespace
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("path")]
    public string? Path { get; init; }
}

/// <summary>A range of ids. The outer ids are those of the engine's user namespace.</summary>
internal sealed record OciIDMapping
{
    [JsonPropertyName("containerID")]
    public long ContainerID { get; init; }

    [JsonPropertyName("hostID")]
    public long HostID { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }
}

/// <summary>A device node.</summary>
internal sealed record OciDevice
{
    [JsonPropertyName("path")]
    public string? Path { get; init; }
}

/// <summary>The seccomp filter.</summary>
internal sealed record OciSeccomp
{
    [JsonPropertyName("defaultAction")]
    public string? DefaultAction { get; init; }

    [JsonPropertyName("defaultErrnoRet")]
    public uint? DefaultError { get; init; }

    [JsonPropertyName("architectures")]
    public string[]? Architectures { get; init; }

    [JsonPropertyName("syscalls")]
    public SeccompRule[]? Rules { get; init; }
}
