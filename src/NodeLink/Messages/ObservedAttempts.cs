using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;

namespace Stromboli.NodeLink.Messages;

/// <summary>
/// All attempts that the node still knows, in one or more parts. A bridge sends it once on each link, after it has received the whole
/// <see cref="DesiredSnapshot"/>. A missing attempt ends nothing: the bridge starts a desired attempt that it does not know, or reports it
/// as ended in an <see cref="Observed"/> of its own.
/// </summary>
public sealed record ObservedSnapshot : BridgeMessage
{
    /// <summary>The attempts of this part.</summary>
    public required IReadOnlyList<AttemptObservation> Attempts { get; init; }

    /// <summary>True in the last part. The node is in sync only after it.</summary>
    public required bool Complete { get; init; }
}

/// <summary>What the node observes of one attempt has changed.</summary>
public sealed record Observed : BridgeMessage
{
    /// <summary>The whole observation, not the difference.</summary>
    public required AttemptObservation Attempt { get; init; }
}

/// <summary>What a node observes of one attempt of a run.</summary>
public sealed record AttemptObservation
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the attempt, starting at 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The progress of the attempt.</summary>
    public required AttemptStage Stage { get; init; }

    /// <summary>
    /// Milliseconds from the start of the agent's process to the sending of this message; null if the agent has not started.
    /// </summary>
    public long? StartedAgoMs { get; init; }

    /// <summary>The results of the lifecycle commands that have run; null if they are not known yet.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>What was cloned and pushed; null if nothing was.</summary>
    public GitReport? Git { get; init; }

    /// <summary>The end of the attempt. Set if and only if <see cref="Stage"/> is <see cref="AttemptStage.Ended"/>.</summary>
    public AttemptEnd? End { get; init; }
}

/// <summary>What an attempt cloned from its repository and pushed to it.</summary>
public sealed record GitReport
{
    /// <summary>The ID of the commit that was cloned; null if none was.</summary>
    public string? Commit { get; init; }

    /// <summary>The last pushes that the server reported as accepted, oldest first; at most 10.</summary>
    public IReadOnlyList<PushReport> Pushes { get; init; } = [];
}

/// <summary>One branch that the server reported as pushed.</summary>
public sealed record PushReport
{
    /// <summary>The branch, or the full ref if it is not a branch.</summary>
    public required string Branch { get; init; }

    /// <summary>The ID of its new commit.</summary>
    public required string Commit { get; init; }

    /// <summary>The ID of its former commit; null if the push created the branch.</summary>
    public string? Previous { get; init; }

    /// <summary>When the server reported it, by the node's clock.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>The progress of an attempt on its node.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptStage>))]
public enum AttemptStage
{
    /// <summary>The image is pulled and the container is created.</summary>
    Preparing,

    /// <summary>The shim is ready and waits for <see cref="DesiredState.Go"/>.</summary>
    Held,

    /// <summary>
    /// The attempt got <see cref="DesiredState.Go"/>, and its lifecycle commands run. Their effects must not be repeated without a retry.
    /// </summary>
    Hooks,

    /// <summary>The agent's process runs.</summary>
    Running,

    /// <summary>The attempt has ended. The bridge keeps its end on disk until it is collected.</summary>
    Ended,

    /// <summary>The attempt has ended and the operator has stored its end. Only its UID and number are reported.</summary>
    Collected,
}

/// <summary>The result of one lifecycle command.</summary>
public sealed record HookReport
{
    /// <summary>The name of the command, as in <see cref="AttemptSpec.Hooks"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The result.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<HookResult>))]
    public required HookResult Result { get; init; }

    /// <summary>The exit code, if the command exited by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that terminated the command, such as <c>SIGSEGV</c>, unless Stromboli sent it.</summary>
    public string? Signal { get; init; }

    /// <summary>How long the command ran, in milliseconds; null if it could not be started.</summary>
    public long? DurationMs { get; init; }
}
