using Stromboli.Crds.Runs;

namespace Stromboli.NodeLink.Messages;

/// <summary>What an attempt runs, with every default resolved. Holds no secret and no prompt.</summary>
public sealed record AttemptSpec
{
    /// <summary>The namespace of the AgentRun, for labels and logs only.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the AgentRun, for labels and logs only.</summary>
    public required string Name { get; init; }

    /// <summary>The fully qualified name of the image.</summary>
    public required string Image { get; init; }

    /// <summary>When the image is fetched.</summary>
    public required ImagePullPolicy ImagePullPolicy { get; init; }

    /// <summary>
    /// Whether the image is pulled with credentials, which come with <see cref="DesiredState.Go"/>: nothing is prepared before it then.
    /// </summary>
    public bool PullsWithSecrets { get; init; }

    /// <summary>The options of Claude Code; exactly one of this and <see cref="Command"/>.</summary>
    public ClaudeOptions? Claude { get; init; }

    /// <summary>The program to run instead of Claude Code, with its arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Where the workspace is mounted.</summary>
    public required string MountPath { get; init; }

    /// <summary>What the workspace is cloned from before the agent starts; null for an empty one.</summary>
    public GitSource? Git { get; init; }

    /// <summary>The directory in which the agent starts.</summary>
    public required string Workdir { get; init; }

    /// <summary>The agent's variables, in order.</summary>
    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>The commands that run before the agent, in their order.</summary>
    public IReadOnlyList<LifecycleHook> Hooks { get; init; } = [];

    /// <summary>The time of all these commands together, in milliseconds.</summary>
    public long HooksTimeoutMs { get; init; }

    /// <summary>The agent's variables that are secrets of the node's Podman: names only.</summary>
    public IReadOnlyList<PodmanSecretVariable> SecretsEnv { get; init; } = [];

    /// <summary>The node's directory that is the workspace; null for one of the attempt's own.</summary>
    public string? WorkspaceHostPath { get; init; }

    /// <summary>Directories and files of the node.</summary>
    public IReadOnlyList<HostVolume> Volumes { get; init; } = [];

    /// <summary>The limit of memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The limit of processor time, in thousandths of a processor.</summary>
    public required long CpuMillis { get; init; }

    /// <summary>The share of the processors while there are too few of them; null for the usual one.</summary>
    public int? CpuShares { get; init; }

    /// <summary>The limit of processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>The limit of what the workspace takes of the node's disk, in bytes; null for none of its own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>The limit of what workspace, HOME and log together take of the node's disk, in bytes; null for none of its own.</summary>
    public long? StorageBytes { get; init; }

    /// <summary>The whole time of an attempt, in milliseconds: what the engine's backstop is set from.</summary>
    public required long TimeoutMs { get; init; }

    /// <summary>What the attempt may use of its model; null for no cap.</summary>
    public AttemptBudget? Budget { get; init; }

    /// <summary>How much of the result's text the status takes, in bytes.</summary>
    public required int StatusBytes { get; init; }

    /// <summary>How much output the node keeps, in bytes.</summary>
    public required long LogBytes { get; init; }

    /// <summary>The session that the attempt takes part in; null for none.</summary>
    public AttemptSession? Session { get; init; }

    /// <summary>
    /// The UUID of the conversation: of the new one, of the one that is resumed, or of the copy. Says nothing for one that the CLI chooses
    /// itself (<c>continue</c>).
    /// </summary>
    public required string SessionID { get; init; }
}
