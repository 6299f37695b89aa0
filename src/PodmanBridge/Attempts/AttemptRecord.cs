using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What the bridge keeps on disk about an attempt, so that a restarted bridge can continue. It holds no secret, no prompt, no variable and
/// no argument: by the time a bridge can be restarted, these are in the shim's memory, or they come again with <c>Go</c>.
/// </summary>
internal sealed record AttemptRecord
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>
    /// What runs, as far as it may be on disk: only the program of the command, only how to read Claude Code's output, nothing of the
    /// hooks.
    /// </summary>
    public required AttemptSpec Spec
    {
        get;
        init => field = Storable(value);
    }

    /// <summary>The number of the agent's user in the container.</summary>
    public required int UserID { get; init; }

    /// <summary>The boot to which <see cref="Deadline"/> and <see cref="StartedAt"/> refer.</summary>
    public required string BootID { get; init; }

    /// <summary>The deadline, as a timestamp of CLOCK_BOOTTIME in nanoseconds.</summary>
    public required long Deadline { get; init; }

    /// <summary>When the agent's process started, on the same clock as <see cref="Deadline"/>; null before it did.</summary>
    public long? StartedAt { get; init; }

    /// <summary>The boot during which the workspace was cloned; null if it was not cloned, or if there is nothing to clone.</summary>
    public string? ClonedInBoot { get; init; }

    /// <summary>The ID of the commit that was cloned; empty for a repository without commits, null if nothing was cloned.</summary>
    public string? ClonedCommit { get; init; }

    /// <summary>
    /// What the bridge opened for the mounts of the container, the shim included, before it created the container; null before that.
    /// </summary>
    public IReadOnlyList<ShimMount>? Mounts { get; init; }

    /// <summary>
    /// Whether the attempt was let go. From then on its hooks or its agent may have run, whatever else is known. This is stored before it
    /// happens: a bridge does not believe a container that claims to have run and is not on record as let go.
    /// </summary>
    public bool Released { get; init; }

    /// <summary>
    /// Whether the bridge gave the attempt up because its end cannot be known. Later bridges do not continue it and do not believe its log.
    /// </summary>
    public bool Abandoned { get; init; }

    /// <summary>The cause that was decided; null if there is none yet.</summary>
    public EndCause? Cause { get; init; }

    /// <summary>What to report about the cause beyond its name, as a sentence.</summary>
    public string? CauseDetail { get; init; }

    /// <summary>The key of the attempt.</summary>
    public AttemptKey Key => new(UID, Attempt);

    private static AttemptSpec Storable(AttemptSpec spec) =>
        spec with
        {
            Env = [],
            Hooks = [],
            Command = spec.Command is [var program, ..] ? [program] : spec.Command,
            Claude = spec.Claude is { } claude ? HowToRead(claude) : null,
        };

    // What a later bridge must know to read the attempt's result and its end. It needs to know only whether there are a schema, files and
    // further arguments.
    private static ClaudeOptions HowToRead(ClaudeOptions claude) =>
        new()
        {
            OutputFormat = claude.OutputFormat,
            Verbose = claude.Verbose,
            JsonSchema = claude.JsonSchema is null ? null : "{}",
            SessionID = claude.SessionID,
            Resume = claude.Resume,
            Continue = claude.Continue,
            ForkSession = claude.ForkSession,
            Files = claude.Files is [_, ..] ? [""] : null,
            ExtraArgs = claude.ExtraArgs is [_, ..] ? [""] : null,
        };
}

/// <summary>The end of an attempt, kept until the operator has stored it and the attempt is dropped.</summary>
internal sealed record AttemptEndRecord
{
    /// <summary>The end; its <see cref="AttemptEnd.EndedAgoMs"/> is computed for each report.</summary>
    public required AttemptEnd End { get; init; }

    /// <summary>When it ended, by the node's wall clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When the agent started, by the node's wall clock; null if it never started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The outcomes of the hooks that ran.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>Whether the operator has stored it.</summary>
    public bool Collected { get; init; }

    /// <summary>
    /// This record without what only the operator needs, if the operator has stored it. An older bridge may have kept that.
    /// </summary>
    public AttemptEndRecord WithoutWhatIsCollected() =>
        Collected ? this with { Hooks = null, End = End with { Result = null, Structured = null } } : this;
}

/// <summary>
/// Why the bridge ends an attempt. The first cause that is decided counts, and it is on disk before the bridge acts on it.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndCause>))]
internal enum EndCause
{
    /// <summary>The operator wants it stopped because the run was cancelled.</summary>
    Cancelled,

    /// <summary>The operator wants it stopped because the run was suspended.</summary>
    Suspended,

    /// <summary>Its session was deleted.</summary>
    SessionDeleted,

    /// <summary>Its deadline has passed.</summary>
    TimedOut,

    /// <summary>The node's lease has expired.</summary>
    LeaseOver,

    /// <summary>Its budget is used up, and it asked for more.</summary>
    BudgetExceeded,

    /// <summary>The attempt uses more of the disk than it may, or the disk is full and no other namespace uses more of it.</summary>
    StorageExceeded,

    /// <summary>The operator no longer wants the attempt, and does not ask how it ended.</summary>
    Dropped,
}

/// <summary>The serializer of what the bridge keeps on disk.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AttemptRecord))]
[JsonSerializable(typeof(AttemptEndRecord))]
internal sealed partial class AttemptJson : JsonSerializerContext;
