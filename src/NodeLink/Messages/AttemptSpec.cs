using Stromboli.Crds.Runs;

namespace Stromboli.NodeLink.Messages;

/// <summary>What an attempt runs, with every default applied. It contains neither secrets nor the prompt.</summary>
public sealed record AttemptSpec
{
    /// <summary>The namespace of the AgentRun, for labels and logs only.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the AgentRun, for labels and logs only.</summary>
    public required string Name { get; init; }

    /// <summary>The fully qualified name of the image.</summary>
    public required string Image { get; init; }

    /// <summary>When the image is pulled.</summary>
    public required ImagePullPolicy ImagePullPolicy { get; init; }

    /// <summary>
    /// Whether the image is pulled with credentials. They come with <see cref="DesiredState.Go"/>, so nothing is prepared before it.
    /// </summary>
    public bool PullsWithSecrets { get; init; }

    /// <summary>The options of the Claude Code CLI. Exactly one of this and <see cref="Command"/> is set.</summary>
    public ClaudeOptions? Claude { get; init; }

    /// <summary>The program to run instead of the CLI, with its arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The mount path of the workspace.</summary>
    public required string MountPath { get; init; }

    /// <summary>The repository that is cloned into the workspace before the agent starts; null for an empty workspace.</summary>
    public GitSource? Git { get; init; }

    /// <summary>What the agent may push; null for nothing.</summary>
    public GitPushAccess? Push { get; init; }

    /// <summary>The working directory of the agent.</summary>
    public required string Workdir { get; init; }

    /// <summary>The agent's variables, in order.</summary>
    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>The commands that run before the agent, in order.</summary>
    public IReadOnlyList<LifecycleHook> Hooks { get; init; } = [];

    /// <summary>The timeout of all these commands together, in milliseconds.</summary>
    public long HooksTimeoutMs { get; init; }

    /// <summary>The agent's variables whose values are Podman secrets of the node: names only.</summary>
    public IReadOnlyList<PodmanSecretVariable> SecretsEnv { get; init; } = [];

    /// <summary>The node's directory that is used as the workspace; null for a directory of the attempt's own.</summary>
    public string? WorkspaceHostPath { get; init; }

    /// <summary>Directories and files of the node.</summary>
    public IReadOnlyList<HostVolume> Volumes { get; init; } = [];

    /// <summary>The memory limit, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The processor limit, in thousandths of a core.</summary>
    public required long CpuMillis { get; init; }

    /// <summary>The relative share of processor time while the node's processors are busy; null for the default.</summary>
    public int? CpuShares { get; init; }

    /// <summary>The limit of processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>The limit of the workspace's disk space, in bytes; null for no limit of its own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>The limit of the disk space of workspace, HOME and log together, in bytes; null for no limit of its own.</summary>
    public long? StorageBytes { get; init; }

    /// <summary>
    /// The timeout of an attempt, in milliseconds. Podman's own timeout of the container, the backstop, is derived from it.
    /// </summary>
    public required long TimeoutMs { get; init; }

    /// <summary>What the attempt can use of its model; null for no limit.</summary>
    public AttemptBudget? Budget { get; init; }

    /// <summary>The maximum size of the result in the status, in bytes.</summary>
    public required int StatusBytes { get; init; }

    /// <summary>The maximum size of the log that the node keeps, in bytes.</summary>
    public required long LogBytes { get; init; }

    /// <summary>The session of the attempt; null for none.</summary>
    public AttemptSession? Session { get; init; }

    /// <summary>
    /// The W3C <c>traceparent</c> of the attempt's span; null if the operator exports no traces. Its IDs follow from UID and attempt, and
    /// its flags say whether the trace is recorded.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// The UUID of the conversation: of the new one, of the one to resume, or of the copy. It is ignored for a conversation that the CLI
    /// chooses itself (<c>continue</c>).
    /// </summary>
    public required string SessionID { get; init; }
}

/// <summary>The repository that is cloned into a workspace.</summary>
public sealed record GitSource
{
    /// <summary>The https URL, without a slash at its end.</summary>
    public required string Url { get; init; }

    /// <summary>The branch, tag, full ref or commit ID; null for the repository's default branch.</summary>
    public string? Ref { get; init; }

    /// <summary>The number of commits of history; 0 for all.</summary>
    public required int Depth { get; init; }
}

/// <summary>What an agent may push to one repository.</summary>
public sealed record GitPushAccess
{
    /// <summary>The https URL, without a slash at its end.</summary>
    public required string Url { get; init; }

    /// <summary>The branches that can be pushed to: names, or prefixes that end with <c>/*</c>.</summary>
    public required IReadOnlyList<string> Branches { get; init; }

    /// <summary>Whether branches that exist can be moved, whoever created them.</summary>
    public bool Force { get; init; }

    /// <summary>The commits at which earlier attempts of the run left the branches that they created.</summary>
    public IReadOnlyList<CreatedBranch> Created { get; init; } = [];

    /// <summary>What is pushed when the agent ended well; null for nothing.</summary>
    public PushOnSuccess? OnSuccess { get; init; }
}

/// <summary>The push of what an agent leaves in its workspace.</summary>
public sealed record PushOnSuccess
{
    /// <summary>The branch.</summary>
    public required string Branch { get; init; }

    /// <summary>The message of the commit.</summary>
    public required string Message { get; init; }

    /// <summary>The author's name.</summary>
    public required string AuthorName { get; init; }

    /// <summary>The author's address.</summary>
    public required string AuthorEmail { get; init; }

    /// <summary>What the push must not change.</summary>
    public required IReadOnlyList<string> ProtectedPaths { get; init; }
}

/// <summary>A branch that a run created.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Commit">The commit that the run last pushed to it.</param>
public sealed record CreatedBranch(string Branch, string Commit);

/// <summary>What one attempt can use: the run's budget minus what its earlier attempts used.</summary>
public sealed record AttemptBudget
{
    /// <summary>Tokens of every kind together; null for no limit.</summary>
    public long? Tokens { get; init; }

    /// <summary>US dollars by the operator's prices; null for no limit.</summary>
    public decimal? CostUSD { get; init; }
}

/// <summary>The session of an attempt. HOME and workspace belong to the session and stay on the node.</summary>
public sealed record AttemptSession
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string UID { get; init; }

    /// <summary>The name of the AgentSession, for labels only.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an agent of the session has run to its end. If so, a node without data of the session has lost it.</summary>
    public bool Begun { get; init; }

    /// <summary>The limit of the disk space of HOME, workspace and log together, in bytes.</summary>
    public required long StorageBytes { get; init; }
}
