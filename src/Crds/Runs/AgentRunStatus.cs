using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>The observed state of an AgentRun.</summary>
public sealed record AgentRunStatus
{
    /// <summary>
    /// observedGeneration is the metadata.generation that this status describes. It is -1 until the operator has seen the run.
    /// </summary>
    [Bounds(-1, StatusLimits.Count)]
    public long? ObservedGeneration { get; init; }

    /// <summary>phase summarizes the conditions: Pending, Queued, Preparing, Running, Succeeded, Failed or Cancelled.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<RunPhase>))]
    public RunPhase? Phase { get; init; }

    /// <summary>
    /// reason explains the phase. A finished run has one of Completed, AgentError, Crashed, OutOfMemory, TimedOut, BudgetExceeded,
    /// MaxTurnsReached, StorageLimitExceeded, AuthenticationFailed, ModelUnavailable, RateLimited, HookFailed, ImagePullFailed,
    /// ImageIncompatible, GitCloneFailed, GitPushFailed, ServiceNotReady, VolumeDenied, PolicyDenied, InvalidSpec, NodeLost, NodeUnfit,
    /// SessionLost, SecretNotFound (the node has no Podman secret of that name) and Cancelled. A waiting run has one of SecretNotFound,
    /// SecretNotAllowed, ConfigMapNotFound, SessionNotFound, NoNodeMatches, WaitingForNode, WaitingForSession, LimitsNotEnforceable,
    /// Queued, Suspended and Backoff.
    /// </summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<RunReason>))]
    public RunReason? Reason { get; init; }

    /// <summary>message explains the reason in one sentence.</summary>
    [TextLength(0, StatusLimits.Message)]
    public string? Message { get; init; }

    /// <summary>
    /// conditions are the latest observations of the run. Accepted, Scheduled, Started and Succeeded describe its progress. Ready,
    /// Reconciling and Stalled are for tools that follow the kstatus conventions.
    /// </summary>
    [Items(StatusLimits.Conditions)]
    [ListMap("type")]
    public List<Condition>? Conditions { get; init; }

    /// <summary>nodeName is the AgentNode of the current or last attempt.</summary>
    [TextLength(0, RunLimits.Name)]
    public string? NodeName { get; init; }

    /// <summary>attempt is the number of the current or last attempt, starting at 1.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Attempt { get; init; }

    /// <summary>attempts are the last 10 attempts, oldest first.</summary>
    [Items(StatusLimits.Attempts)]
    public List<RunAttempt>? Attempts { get; init; }

    /// <summary>retries counts how often the run was started again.</summary>
    public RetryCounts? Retries { get; init; }

    /// <summary>startTime is when the first attempt was recorded on a node.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>agentStartTime is when the agent of the run was first seen running, in any attempt.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? AgentStartTime { get; init; }

    /// <summary>completionTime is when the run finished.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>deadline is when the current attempt times out: its start time plus spec.timeout.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>duration is the time from startTime to completionTime.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? Duration { get; init; }

    /// <summary>
    /// queuePosition is the position among the runs that wait for a node or for their session, starting at 1. It is kept up to date for the
    /// first 10 positions. A later position is the one at which the run was queued.
    /// </summary>
    [Bounds(1, int.MaxValue)]
    public int? QueuePosition { get; init; }

    /// <summary>model is the name of the model that answered.</summary>
    [TextLength(0, RunLimits.ModelName)]
    public string? Model { get; init; }

    /// <summary>sessionID is the CLI's ID of the conversation, a UUID.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? SessionID { get; init; }

    /// <summary>session is the session of the current or last attempt. Unset for a run without a session.</summary>
    public RunSession? Session { get; init; }

    /// <summary>result is the output of the agent.</summary>
    public RunResult? Result { get; init; }

    /// <summary>exitCode is the exit code of the agent, if it exited by itself.</summary>
    [Bounds(0, 255)]
    public int? ExitCode { get; init; }

    /// <summary>signal is the name of the signal that terminated the agent, such as SIGKILL.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Signal { get; init; }

    /// <summary>
    /// hooks are the results of the spec.lifecycle commands in the current or last attempt. Unset until the agent has started or the
    /// attempt has ended.
    /// </summary>
    [Items(StatusLimits.Hooks)]
    public List<HookStatus>? Hooks { get; init; }

    /// <summary>budget is what the finished attempts have used of spec.budget. Unset for a run without a budget.</summary>
    public BudgetUse? Budget { get; init; }

    /// <summary>usage is what the run used in all its attempts. The model gateway counts tokens and cost.</summary>
    public RunUsage? Usage { get; init; }

    /// <summary>git is what was cloned from the run's repository and what was pushed to it. Unset for a run without a repository.</summary>
    public RunGit? Git { get; init; }

    /// <summary>
    /// webhooks are the deliveries of spec.webhooks: one entry for each receiver and each event that it was told of or is still to be told
    /// of.
    /// </summary>
    [Items(StatusLimits.Webhooks)]
    public List<WebhookDelivery>? Webhooks { get; init; }
}

/// <summary>What was cloned from the run's repository and what was pushed to it.</summary>
public sealed record RunGit
{
    /// <summary>commit is the ID of the commit that the workspace was cloned at. Unset for a repository without commits.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Commit { get; init; }

    /// <summary>pushes are the last 10 pushes that the server reported as accepted, oldest first.</summary>
    [Items(StatusLimits.Pushes)]
    public List<RunPush>? Pushes { get; init; }
}

/// <summary>A push that the server reported as accepted.</summary>
public sealed record RunPush
{
    /// <summary>branch is the branch that was created or moved. A server that stores the push elsewhere reports another ref.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Branch { get; init; }

    /// <summary>commit is the ID of the commit that the branch points to since the push.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Commit { get; init; }

    /// <summary>previous is the ID of the commit that the branch pointed to before the push. Unset for a branch that it created.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Previous { get; init; }

    /// <summary>time is when the server reported the push.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Time { get; init; }
}

/// <summary>One attempt to run the agent.</summary>
public sealed record RunAttempt
{
    /// <summary>attempt is the number of the attempt, starting at 1.</summary>
    [RequiredField]
    [Bounds(1, int.MaxValue)]
    public int? Attempt { get; init; }

    /// <summary>node is the AgentNode that the attempt was scheduled to.</summary>
    [TextLength(0, RunLimits.Name)]
    public string? Node { get; init; }

    /// <summary>startTime is when the attempt was recorded on the node.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>endTime is when the attempt ended. Unset while it is in progress.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>reason is how the attempt ended: one of the values of status.reason.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<RunReason>))]
    public RunReason? Reason { get; init; }

    /// <summary>exitCode is the exit code of the agent, if it exited by itself.</summary>
    [Bounds(0, 255)]
    public int? ExitCode { get; init; }

    /// <summary>costUSD is the cost of the attempt in US dollars, as a decimal number.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CostUSD { get; init; }
}

/// <summary>How often the run was started again, by cause. A resume after a suspend is not counted.</summary>
public sealed record RetryCounts
{
    /// <summary>
    /// failures is the number of retries because an attempt ended with one of spec.retries.reasons. It is at most spec.retries.limit.
    /// </summary>
    [Bounds(0, int.MaxValue)]
    public int? Failures { get; init; }

    /// <summary>
    /// nodeLost is the number of retries because the node was lost or could not run the container. It is at most spec.retries.nodeLost.
    /// </summary>
    [Bounds(0, int.MaxValue)]
    public int? NodeLost { get; init; }
}

/// <summary>The session of the current or last attempt, as its node reported it.</summary>
public sealed record RunSession
{
    /// <summary>uid is the UID of the AgentSession.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? UID { get; init; }

    /// <summary>storageBytes is the disk space that HOME and workspace used when they were last measured, in bytes.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? StorageBytes { get; init; }

    /// <summary>lost is true if the node no longer has the session's HOME or workspace.</summary>
    public bool? Lost { get; init; }
}

/// <summary>
/// The output of the agent. For agent.command, it is the standard output of the program. For agent.claude, it is the text of the CLI's
/// result, or what outputFormat selects.
/// </summary>
public sealed record RunResult
{
    /// <summary>
    /// text is the result, or its end if the result is longer than output.statusBytes of UTF-8. It is cut between characters. NUL and bytes
    /// that are not UTF-8 appear as U+FFFD here; bytes and sha256 describe the original result.
    /// </summary>
    [TextLength(0, StatusLimits.ResultBytes)]
    public string? Text { get; init; }

    /// <summary>truncated is whether text is only the end of the result.</summary>
    public bool? Truncated { get; init; }

    /// <summary>
    /// bytes is the size of the whole result, even if output.logBytes cut its middle out of the log. Unset for a list of the CLI's events
    /// whose middle was cut.
    /// </summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Bytes { get; init; }

    /// <summary>
    /// sha256 is the SHA-256 of the whole result in lower case hexadecimal. Unset if bytes is unset. If the agent was killed together with
    /// its whole container, bytes and sha256 describe what the log contains.
    /// </summary>
    [TextLength(0, 64)]
    public string? Sha256 { get; init; }

    /// <summary>
    /// structured is the JSON object that output.jsonSchema or agent.claude.jsonSchema asks for. Unset if it is larger than 16 KiB.
    /// </summary>
    public JsonElement? Structured { get; init; }
}

/// <summary>The result of one command of spec.lifecycle.</summary>
public sealed record HookStatus
{
    /// <summary>name identifies the command by its list and index, such as postCreate[1].</summary>
    [RequiredField]
    [TextLength(0, StatusLimits.Word)]
    public string? Name { get; init; }

    /// <summary>result is Succeeded, Failed, TimedOut, Stopped (the attempt ended while the command ran) or NotRun.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<HookResult>))]
    public HookResult? Result { get; init; }

    /// <summary>exitCode is the exit code of the command, if it exited by itself.</summary>
    [Bounds(0, 255)]
    public int? ExitCode { get; init; }

    /// <summary>
    /// signal is the name of the signal that terminated the command, such as SIGSEGV. Unset if the attempt ended while the command ran.
    /// </summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Signal { get; init; }

    /// <summary>duration is how long the command ran.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? Duration { get; init; }
}

/// <summary>The result of a lifecycle command.</summary>
public enum HookResult
{
    /// <summary>The command exited with 0.</summary>
    Succeeded,

    /// <summary>The command could not be started, exited with another code, or was terminated by a signal.</summary>
    Failed,

    /// <summary>The timeout of all lifecycle commands expired.</summary>
    TimedOut,

    /// <summary>The attempt ended while the command ran.</summary>
    Stopped,

    /// <summary>The command did not run, because an earlier one did not succeed.</summary>
    NotRun,
}

/// <summary>
/// What finished attempts have used of spec.budget. It can exceed status.usage: a request whose usage is unknown counts with the most that
/// it could have used, and an attempt whose count was lost with its node counts with all that was left.
/// </summary>
public sealed record BudgetUse
{
    /// <summary>tokens is the number of tokens counted against the budget.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Tokens { get; init; }

    /// <summary>costUSD is the cost counted against the budget, in US dollars, as a decimal number.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CostUSD { get; init; }
}

/// <summary>What a run used. The model gateway counts tokens and cost.</summary>
public sealed record RunUsage
{
    /// <summary>inputTokens is the number of tokens sent, without cache reads and cache writes.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? InputTokens { get; init; }

    /// <summary>outputTokens is the number of tokens received.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? OutputTokens { get; init; }

    /// <summary>cacheReadTokens is the number of tokens read from the model's prompt cache.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? CacheReadTokens { get; init; }

    /// <summary>cacheCreationTokens is the number of tokens written to the model's prompt cache.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? CacheCreationTokens { get; init; }

    /// <summary>totalTokens is the sum of inputTokens, outputTokens, cacheReadTokens and cacheCreationTokens.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? TotalTokens { get; init; }

    /// <summary>costUSD is the cost in US dollars, as a decimal number.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CostUSD { get; init; }

    /// <summary>turns is the number of turns of the agent.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Turns { get; init; }

    /// <summary>duration is how long the agent ran.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? Duration { get; init; }

    /// <summary>apiDuration is how long model requests were in progress.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? ApiDuration { get; init; }

    /// <summary>permissionDenials is the number of tool uses that were denied.</summary>
    [Bounds(0, int.MaxValue)]
    public int? PermissionDenials { get; init; }
}
