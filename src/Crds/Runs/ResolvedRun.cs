namespace Stromboli.Crds.Runs;

/// <summary>
/// A spec with every default in its place. Made once, by <see cref="RunDefaults.Resolve"/>; nothing after it asks what an absent field
/// means.
/// </summary>
public sealed record ResolvedRun
{
    /// <summary>Options of the CLI; null when <see cref="Command"/> runs instead.</summary>
    public ClaudeOptions? Claude { get; init; }

    /// <summary>The command that runs instead of the CLI, at least one word; null when the CLI runs.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Origin of the model.</summary>
    public required Uri ModelOrigin { get; init; }

    /// <summary>
    /// The run's own credential, a Secret of its namespace; null for the operator's, and only with the operator's origin.
    /// </summary>
    public string? CredentialsSecretName { get; init; }

    /// <summary>Fully qualified image name.</summary>
    public required string Image { get; init; }

    /// <summary>When the image is pulled.</summary>
    public required ImagePullPolicy ImagePullPolicy { get; init; }

    /// <summary>The Secrets to pull it with, in order.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; init; } = [];

    /// <summary>Where the workspace is mounted.</summary>
    public required string WorkspaceMountPath { get; init; }

    /// <summary>The repository that the workspace is cloned from; null for none.</summary>
    public GitWorkspace? Git { get; init; }

    /// <summary>Working directory.</summary>
    public required string Workdir { get; init; }

    /// <summary>Environment variables whose values stand in the spec, in its order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Env { get; init; }

    /// <summary>Environment variables that are secrets of the node's Podman, in the spec's order.</summary>
    public required IReadOnlyList<PodmanSecretVariable> SecretsEnv { get; init; }

    /// <summary>The node's directory that is the workspace; null for one of the run's own.</summary>
    public string? WorkspaceHostPath { get; init; }

    /// <summary>Directories and files of the node, in the spec's order.</summary>
    public required IReadOnlyList<HostVolume> Volumes { get; init; }

    /// <summary>Memory limit, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processor limit, in thousandths of a core.</summary>
    public required long CpuMillicores { get; init; }

    /// <summary>Limit of processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>Share of the processors; null for the usual one.</summary>
    public int? CpuShares { get; init; }

    /// <summary>Commands that run before the agent, in their order.</summary>
    public IReadOnlyList<LifecycleHook> Hooks { get; init; } = [];

    /// <summary>Time of all these commands together.</summary>
    public required TimeSpan HooksTimeout { get; init; }

    /// <summary>Limit of what the workspace takes of the node's disk, in bytes; null for none of its own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>Limit of what the run takes of the node's disk, in bytes; null for none of its own.</summary>
    public long? EphemeralStorageBytes { get; init; }

    /// <summary>Labels that the node must have.</summary>
    public required IReadOnlyDictionary<string, string> NodeSelector { get; init; }

    /// <summary>The one node that may run it; null for any.</summary>
    public string? NodeName { get; init; }

    /// <summary>Order within the namespace.</summary>
    public required int Priority { get; init; }

    /// <summary>Time of one attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Times that the run may start again because its node was lost.</summary>
    public required int NodeLostRetries { get; init; }

    /// <summary>Time that workspace and log are kept after the end.</summary>
    public required TimeSpan TtlAfterFinished { get; init; }

    /// <summary>Bytes of result in status.</summary>
    public required int StatusBytes { get; init; }

    /// <summary>Bytes of log.</summary>
    public required long LogBytes { get; init; }
}
