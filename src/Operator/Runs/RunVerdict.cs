using Stromboli.Crds.Runs;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Runs;

/// <summary>What is to be done with a run.</summary>
internal sealed record RunVerdict
{
    /// <summary>What is lacking; if anything is, the rest says nothing but <see cref="Waiting"/>.</summary>
    public RunNeed Need { get; init; }

    /// <summary>The run as the scheduler needs it; set when <see cref="Need"/> is <see cref="RunNeed.Placement"/>.</summary>
    public WaitingRun? Waiting { get; init; }

    /// <summary>
    /// The node that the session goes to with its first run; set when <see cref="Need"/> is <see cref="RunNeed.Session"/>.
    /// </summary>
    public string? SessionNode { get; init; }

    /// <summary>The status to store, or null if it stays as it is.</summary>
    public AgentRunStatus? Status { get; init; }

    /// <summary>What may be sent at once, while the status is being stored.</summary>
    public IReadOnlyList<WantedAttempt> Before { get; init; } = [];

    /// <summary>What may be sent only once the status is stored.</summary>
    public IReadOnlyList<WantedAttempt> After { get; init; } = [];

    /// <summary>Whether the object itself is to be deleted; nothing else is to be done then.</summary>
    public bool Delete { get; init; }

    /// <summary>When to look again without being woken; null for never.</summary>
    public DateTimeOffset? LookAgain { get; init; }

    /// <summary>To record once the status is stored.</summary>
    public IReadOnlyList<RunEvent> Events { get; init; } = [];
}
