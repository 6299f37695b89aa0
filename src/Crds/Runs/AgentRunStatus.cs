using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>What happened. Written only by the operator.</summary>
public sealed record AgentRunStatus
{
    /// <summary>The metadata.generation that this status speaks of; -1 until the operator has seen the run.</summary>
    [Bounds(-1, StatusLimits.Count)]
    public long? ObservedGeneration { get; init; }

    /// <summary>
    /// Where the run is, derived from the conditions: Pending, Queued, Preparing, Running, Succeeded, Failed or Cancelled.
    /// </summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<RunPhase>))]
    public RunPhase? Phase { get; init; }

    /// <summary>
    /// How it ended: Completed, AgentError, Crashed, OutOfMemory, TimedOut, BudgetExceeded, MaxTurnsReached, StorageLimitExceeded,
    /// AuthenticationFailed, ModelUnavailable, RateLimited, HookFailed, ImagePullFailed, ImageIncompatible, GitCloneFailed,
    /// ServiceNotReady, VolumeDenied, PolicyDenied, InvalidSpec, NodeLost, NodeUnfit, SessionLost, Cancelled. Or what it waits for:
    /// SecretNotFound, SecretNotAllowed, ConfigMapNotFound, SessionNotFound, NoNodeMatches, WaitingForNode, WaitingForSession,
    /// LimitsNotEnforceable, Queued, Suspended, Backoff.
    /// </summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<RunReason>))]
    public RunReason? Reason { get; init; }

    /// <summary>One sentence on the reason that a person can act on.</summary>
    [TextLength(0, StatusLimits.Message)]
    public string? Message { get; init; }

    /// <summary>
    /// Accepted, Scheduled, Started and Succeeded tell its way; Ready, Reconciling and Stalled are for tools that read kstatus.
    /// </summary>
    [Items(StatusLimits.Conditions)]
    [ListMap("type")]
    public List<Condition>? Conditions { get; init; }

    /// <summary>The AgentNode of the current or last attempt.</summary>
    [TextLength(0, RunLimits.Name)]
    public string? NodeName { get; init; }

    /// <summary>Number of the current or last attempt, from 1.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Attempt { get; init; }

    /// <summary>The last 10 attempts, oldest first.</summary>
    [Items(StatusLimits.Attempts)]
    public List<RunAttempt>? Attempts { get; init; }

    /// <summary>How many times the run was tried again.</summary>
    public RetryCounts? Retries { get; init; }

    /// <summary>When the first attempt was recorded on a node.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the run ended.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>When the current attempt ends at the latest: its start and spec.timeout.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Time from startTime to completionTime.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? Duration { get; init; }

    /// <summary>
    /// Place among the runs that wait for room, or for their turn in the session, from 1. Exact for the first 10; beyond, the place at
    /// which it was queued.
    /// </summary>
    [Bounds(1, int.MaxValue)]
    public int? QueuePosition { get; init; }

    /// <summary>The model that was used.</summary>
    [TextLength(0, RunLimits.ModelName)]
    public string? Model { get; init; }

    /// <summary>The CLI's id of the conversation, a UUID.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? SessionID { get; init; }

    /// <summary>The session that the current or last attempt had; absent without one.</summary>
    public RunSession? Session { get; init; }

    /// <summary>What the agent said at its end.</summary>
    public RunResult? Result { get; init; }

    /// <summary>Exit code of the agent, if it ended by itself.</summary>
    [Bounds(0, 255)]
    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended the agent, such as SIGKILL.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Signal { get; init; }

    /// <summary>
    /// What became of the commands of spec.lifecycle in the current or last attempt; absent before the agent or one of them was the end of
    /// it.
    /// </summary>
    [Items(StatusLimits.Hooks)]
    public List<HookStatus>? Hooks { get; init; }

    /// <summary>What counts against spec.budget of the attempts that have ended; absent without a budget.</summary>
    public BudgetUse? Budget { get; init; }

    /// <summary>What this run used, over all its attempts. Tokens and cost are what the model gateway counted.</summary>
    public RunUsage? Usage { get; init; }
}
