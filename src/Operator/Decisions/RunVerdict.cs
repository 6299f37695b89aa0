using Stromboli.Crds.Runs;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Decisions;

/// <summary>What to do with a run.</summary>
internal sealed record RunVerdict
{
    /// <summary>What the decision still needs. If it needs anything, the other properties mean nothing, except those that say so.</summary>
    public RunNeed Need { get; init; }

    /// <summary>The run in the terms of the scheduler; set if <see cref="Need"/> is <see cref="RunNeed.Placement"/>.</summary>
    public WaitingRun? Waiting { get; init; }

    /// <summary>The node that the session gets with its first run; set if <see cref="Need"/> is <see cref="RunNeed.Session"/>.</summary>
    public string? SessionNode { get; init; }

    /// <summary>The status to store; null if it does not change.</summary>
    public AgentRunStatus? Status { get; init; }

    /// <summary>What may be sent at once, while the status is being stored.</summary>
    public IReadOnlyList<DesiredAttemptState> Before { get; init; } = [];

    /// <summary>What may be sent only after the status is stored.</summary>
    public IReadOnlyList<DesiredAttemptState> After { get; init; } = [];

    /// <summary>Whether to delete the object, and do nothing else.</summary>
    public bool Delete { get; init; }

    /// <summary>When to look again if nothing wakes the run; null for never.</summary>
    public DateTimeOffset? LookAgain { get; init; }

    /// <summary>The Events to record after the status is stored.</summary>
    public IReadOnlyList<RunEvent> Events { get; init; } = [];
}

/// <summary>What a decision still needs.</summary>
internal enum RunNeed
{
    /// <summary>Nothing. The verdict is complete.</summary>
    Nothing,

    /// <summary>The whole spec of the run from the API server.</summary>
    Spec,

    /// <summary>The inputs of the run.</summary>
    Inputs,

    /// <summary>The answer of the scheduler.</summary>
    Placement,

    /// <summary>The run's session. The run must have it before an attempt is on record.</summary>
    Session,
}
