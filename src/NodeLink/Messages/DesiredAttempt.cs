namespace Stromboli.NodeLink.Messages;

/// <summary>What is wanted of one attempt of one run.</summary>
public sealed record DesiredAttempt
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>What is wanted.</summary>
    public required DesiredState State { get; init; }

    /// <summary>Why it is to stop; set exactly for <see cref="DesiredState.Stop"/>.</summary>
    public StopCause? Cause { get; init; }

    /// <summary>What is to run; set for <see cref="DesiredState.Hold"/> and <see cref="DesiredState.Go"/>.</summary>
    public AttemptSpec? Spec { get; init; }

    /// <summary>What leaves the operator only once the attempt is on record; set exactly for <see cref="DesiredState.Go"/>.</summary>
    public AttemptSecrets? Secrets { get; init; }

    /// <summary>
    /// What is left until the attempt's deadline, in milliseconds, when this was sent; may be negative. Set for
    /// <see cref="DesiredState.Hold"/> and <see cref="DesiredState.Go"/>.
    /// </summary>
    public long? RemainingMs { get; init; }

    /// <summary>
    /// Whether it is known that the agent has started, or the hooks before it. A node that does not know such an attempt has lost it and
    /// must not start it again: it reports it as ended.
    /// </summary>
    public bool Started { get; init; }
}
