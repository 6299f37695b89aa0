using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>
/// All desired attempts of the node, in one or more parts. An attempt that no part contains is <see cref="DesiredState.Absent"/>.
/// </summary>
public sealed record DesiredSnapshot : OperatorMessage
{
    /// <summary>The attempts of this part.</summary>
    public required IReadOnlyList<DesiredAttempt> Attempts { get; init; }

    /// <summary>
    /// The UIDs of the node's sessions. The node removes the data of every session that no part contains. A bridge of schema 1 gets all of
    /// them in the last part.
    /// </summary>
    public IReadOnlyList<string> Sessions { get; init; } = [];

    /// <summary>True in the last part. The bridge removes what is missing only after it.</summary>
    public required bool Complete { get; init; }
}

/// <summary>The desired state of one attempt has changed.</summary>
public sealed record Desired : OperatorMessage
{
    /// <summary>The whole desired state, not the difference.</summary>
    public required DesiredAttempt Attempt { get; init; }
}

/// <summary>The desired state of one attempt of a run.</summary>
public sealed record DesiredAttempt
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the attempt, starting at 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The desired state.</summary>
    public required DesiredState State { get; init; }

    /// <summary>Why the attempt must stop. Set if and only if the state is <see cref="DesiredState.Stop"/>.</summary>
    public StopCause? Cause { get; init; }

    /// <summary>What to run. Set for <see cref="DesiredState.Hold"/> and <see cref="DesiredState.Go"/>.</summary>
    public AttemptSpec? Spec { get; init; }

    /// <summary>
    /// What leaves the operator only after the attempt was recorded. Set if and only if the state is <see cref="DesiredState.Go"/>.
    /// </summary>
    public AttemptSecrets? Secrets { get; init; }

    /// <summary>
    /// Milliseconds from the sending of this message to the attempt's deadline; can be negative. Set for <see cref="DesiredState.Hold"/>
    /// and <see cref="DesiredState.Go"/>.
    /// </summary>
    public long? RemainingMs { get; init; }

    /// <summary>
    /// Whether the operator knows that the agent, or a lifecycle command before it, has started. A node that does not know such an attempt
    /// has lost it: the node must not start it again and reports it as ended.
    /// </summary>
    public bool Started { get; init; }
}

/// <summary>The desired state of an attempt.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DesiredState>))]
public enum DesiredState
{
    /// <summary>The attempt can be prepared but must not run, because it is not recorded yet.</summary>
    Hold,

    /// <summary>The attempt is recorded and can run.</summary>
    Go,

    /// <summary>The attempt must end, for the given cause.</summary>
    Stop,

    /// <summary>
    /// The operator has stored the end of the attempt: the report can be dropped, the container is removed, log and workspace stay.
    /// </summary>
    Collected,

    /// <summary>Nothing of the attempt must remain on the node.</summary>
    Absent,
}

/// <summary>Why the operator stops an attempt.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopCause>))]
public enum StopCause
{
    /// <summary>The run's <c>spec.cancel</c> is true.</summary>
    Cancelled,

    /// <summary>The run's <c>spec.suspend</c> is true.</summary>
    Suspended,

    /// <summary>The run's session was deleted.</summary>
    SessionDeleted,
}

/// <summary>
/// A session was deleted: nothing of it must remain on the node. A node that was disconnected learns it from
/// <see cref="DesiredSnapshot.Sessions"/>.
/// </summary>
public sealed record SessionGone : OperatorMessage
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string UID { get; init; }
}
