using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Sessions;

/// <summary>What became of the session. Written only by the operator.</summary>
public sealed record AgentSessionStatus
{
    /// <summary>The metadata.generation that this status speaks of; -1 until the operator has seen the session.</summary>
    [Bounds(-1, StatusLimits.Count)]
    public long? ObservedGeneration { get; init; }

    /// <summary>Where the session is: Pending, Ready, Busy, Suspended, Lost or Failed.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<SessionPhase>))]
    public SessionPhase? Phase { get; init; }

    /// <summary>Why: Idle, RunUnderWay, Suspended, WaitingForNode, SessionLost or InvalidSpec.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<SessionReason>))]
    public SessionReason? Reason { get; init; }

    /// <summary>One sentence on the reason that a person can act on.</summary>
    [TextLength(0, StatusLimits.Message)]
    public string? Message { get; init; }

    /// <summary>
    /// Ready, Reconciling and Stalled, for tools that read kstatus. A session that takes runs, has one, or is suspended is Ready.
    /// </summary>
    [Items(StatusLimits.Conditions)]
    [ListMap("type")]
    public List<Condition>? Conditions { get; init; }

    /// <summary>
    /// The AgentNode that has HOME and workspace: that of the first run. Set before that run is recorded there, and never changed.
    /// </summary>
    [TextLength(0, RunLimits.Name)]
    public string? NodeName { get; init; }

    /// <summary>The conversation that the next run resumes, a UUID of the CLI's; absent while there is none.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? SessionID { get; init; }

    /// <summary>Runs whose agent has started and that have ended since.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Turns { get; init; }

    /// <summary>Runs that wait for their turn.</summary>
    [Bounds(0, int.MaxValue)]
    public int? QueueLength { get; init; }

    /// <summary>The names of the first 20 of them, in their order.</summary>
    [Items(SessionLimits.Queue, TextMin = 0, TextMax = RunLimits.Name)]
    public List<string>? Queue { get; init; }

    /// <summary>The run that has the session; absent while none has.</summary>
    public SessionRun? ActiveRun { get; init; }

    /// <summary>When a run last got the session or left it.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastActivityTime { get; init; }

    /// <summary>
    /// What HOME and workspace took of the node's disk when they were last measured, in bytes: while a run was under way, so the newest
    /// files may be missing.
    /// </summary>
    [Bounds(0, StatusLimits.Count)]
    public long? StorageBytes { get; init; }

    /// <summary>What all runs of the session used that have ended.</summary>
    public RunUsage? Usage { get; init; }
}
