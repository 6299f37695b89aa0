using Stromboli.Crds.Runs;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Decisions;

/// <summary>Everything that a decision on a run depends on.</summary>
internal sealed record RunSnapshot
{
    /// <summary>The run.</summary>
    public required AgentRun Run { get; init; }

    /// <summary>The time, by the operator's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The operator's options.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The last report of any node about the run; null if there is none.</summary>
    public ObservedAttempt? Observed { get; init; }

    /// <summary>When the node of the live attempt counts as lost; null if there is no live attempt.</summary>
    public DateTimeOffset? NodeLostAt { get; init; }

    /// <summary>Why the run is held back because of earlier runs of its namespace, as one sentence; null if it is not.</summary>
    public string? HeldBack { get; init; }

    /// <summary>The inputs of the run; null if they have not been read.</summary>
    public InputCheck? Inputs { get; init; }

    /// <summary>The place of the run in its session; null if it has no session, or its session does not exist.</summary>
    public SessionPlace? Session { get; init; }

    /// <summary>The answer of the scheduler; null if it has not been asked.</summary>
    public Placement? Placement { get; init; }
}
