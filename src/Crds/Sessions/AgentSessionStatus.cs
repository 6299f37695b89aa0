using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Sessions;

/// <summary>The observed state of an AgentSession.</summary>
public sealed record AgentSessionStatus
{
    /// <summary>
    /// observedGeneration is the metadata.generation that this status describes. It is -1 until the operator has seen the session.
    /// </summary>
    [Bounds(-1, StatusLimits.Count)]
    public long? ObservedGeneration { get; init; }

    /// <summary>phase is the current state: Pending, Ready, Busy, Suspended, Lost or Failed.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<SessionPhase>))]
    public SessionPhase? Phase { get; init; }

    /// <summary>reason explains the phase: Idle, RunUnderWay, Suspended, WaitingForNode, SessionLost or InvalidSpec.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<SessionReason>))]
    public SessionReason? Reason { get; init; }

    /// <summary>message explains the reason in one sentence.</summary>
    [TextLength(0, StatusLimits.Message)]
    public string? Message { get; init; }

    /// <summary>
    /// conditions are the latest observations of the session: Ready, Reconciling and Stalled, for tools that follow the kstatus
    /// conventions. A session is Ready if it accepts runs, has a run or is suspended.
    /// </summary>
    [Items(StatusLimits.Conditions)]
    [ListMap("type")]
    public List<Condition>? Conditions { get; init; }

    /// <summary>
    /// nodeName is the AgentNode that keeps HOME and workspace: the node of the first run. It is set before that run is recorded there and
    /// never changes.
    /// </summary>
    [TextLength(0, RunLimits.Name)]
    public string? NodeName { get; init; }

    /// <summary>
    /// sessionID is the CLI's ID of the conversation that the next run resumes, a UUID. Unset if there is no conversation yet.
    /// </summary>
    [TextLength(0, StatusLimits.Word)]
    public string? SessionID { get; init; }

    /// <summary>turns is the number of finished runs whose agent had started.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Turns { get; init; }

    /// <summary>queueLength is the number of runs that wait for their turn.</summary>
    [Bounds(0, int.MaxValue)]
    public int? QueueLength { get; init; }

    /// <summary>queue lists the names of the first 20 waiting runs, in their order.</summary>
    [Items(SessionLimits.Queue, TextMin = 0, TextMax = RunLimits.Name)]
    public List<string>? Queue { get; init; }

    /// <summary>activeRun is the run that currently uses the session. Unset if there is none.</summary>
    public SessionRun? ActiveRun { get; init; }

    /// <summary>lastActivityTime is when a run last started or stopped using the session.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastActivityTime { get; init; }

    /// <summary>
    /// storageBytes is the disk space that HOME and workspace used when they were last measured, in bytes. They are measured while a run is
    /// in progress, so the newest files can be missing.
    /// </summary>
    [Bounds(0, StatusLimits.Count)]
    public long? StorageBytes { get; init; }

    /// <summary>usage is what all finished runs of the session used.</summary>
    public RunUsage? Usage { get; init; }
}

/// <summary>The run that currently uses the session.</summary>
public sealed record SessionRun
{
    /// <summary>name is the name of the AgentRun.</summary>
    [TextLength(0, RunLimits.Name)]
    public string? Name { get; init; }

    /// <summary>uid is the UID of the AgentRun.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? UID { get; init; }

    /// <summary>
    /// usageBefore is what the run had used, and what the session had already counted, before it started to use the session, for example
    /// after a suspend. Unset if the run had used nothing.
    /// </summary>
    public RunUsage? UsageBefore { get; init; }
}

/// <summary>The state of a session.</summary>
public enum SessionPhase
{
    /// <summary>The session's node is not connected. Runs wait for it.</summary>
    Pending,

    /// <summary>The session accepts runs, and none is in progress.</summary>
    Ready,

    /// <summary>A run uses the session.</summary>
    Busy,

    /// <summary>spec.suspend is true, and no run uses the session.</summary>
    Suspended,

    /// <summary>The node no longer has the session's data.</summary>
    Lost,

    /// <summary>The spec is invalid.</summary>
    Failed,
}

/// <summary>The reason for a session's phase.</summary>
public enum SessionReason
{
    /// <summary>No run is in progress, and the next one can start.</summary>
    Idle,

    /// <summary>A run uses the session.</summary>
    RunUnderWay,

    /// <summary>spec.suspend is true.</summary>
    Suspended,

    /// <summary>The session's node is not connected.</summary>
    WaitingForNode,

    /// <summary>The node no longer has the session's data.</summary>
    SessionLost,

    /// <summary>The spec is invalid.</summary>
    InvalidSpec,
}
