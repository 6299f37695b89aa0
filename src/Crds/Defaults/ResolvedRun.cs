using Stromboli.Crds.Runs;

namespace Stromboli.Crds.Defaults;

/// <summary>
/// A spec with every default applied, made once by <see cref="RunDefaults.Resolve"/>. Later code never has to know what an unset field
/// means.
/// </summary>
public sealed record ResolvedRun
{
    /// <summary>The options of the CLI; null if <see cref="Command"/> runs instead.</summary>
    public ClaudeOptions? Claude { get; init; }

    /// <summary>The command that runs instead of the CLI, with at least one element; null if the CLI runs.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The fully qualified image name.</summary>
    public required string Image { get; init; }

    /// <summary>When the image is pulled.</summary>
    public required ImagePullPolicy ImagePullPolicy { get; init; }

    /// <summary>The Secrets that authenticate the pull, in order.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; init; } = [];

    /// <summary>The mount path of the workspace.</summary>
    public required string WorkspaceMountPath { get; init; }

    /// <summary>The repository that is cloned into the workspace; null for none.</summary>
    public GitWorkspace? Git { get; init; }

    /// <summary>The working directory.</summary>
    public required string Workdir { get; init; }

    /// <summary>The environment variables whose values are in the spec, in its order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Env { get; init; }

    /// <summary>The environment variables whose values are Podman secrets of the node, in the order of the spec.</summary>
    public required IReadOnlyList<PodmanSecretVariable> SecretsEnv { get; init; }

    /// <summary>The node's directory that is used as the workspace; null for a directory of the run's own.</summary>
    public string? WorkspaceHostPath { get; init; }

    /// <summary>The directories and files of the node, in the order of the spec.</summary>
    public required IReadOnlyList<HostVolume> Volumes { get; init; }

    /// <summary>The memory limit, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The processor limit, in thousandths of a core.</summary>
    public required long CpuMillicores { get; init; }

    /// <summary>The limit of processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>The relative share of processor time; null for the default.</summary>
    public int? CpuShares { get; init; }

    /// <summary>The commands that run before the agent, in order.</summary>
    public IReadOnlyList<LifecycleHook> Hooks { get; init; } = [];

    /// <summary>The timeout of all these commands together.</summary>
    public required TimeSpan HooksTimeout { get; init; }

    /// <summary>The limit of the workspace's disk space, in bytes; null for no limit of its own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>The limit of the run's disk space, in bytes; null for no limit of its own.</summary>
    public long? EphemeralStorageBytes { get; init; }

    /// <summary>The labels that the node must have.</summary>
    public required IReadOnlyDictionary<string, string> NodeSelector { get; init; }

    /// <summary>The node that must run the run; null for any.</summary>
    public string? NodeName { get; init; }

    /// <summary>The priority within the namespace.</summary>
    public required int Priority { get; init; }

    /// <summary>The timeout of one attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The maximum size of the result in the status, in bytes.</summary>
    public required int StatusBytes { get; init; }

    /// <summary>The maximum size of the log, in bytes.</summary>
    public required long LogBytes { get; init; }
}
