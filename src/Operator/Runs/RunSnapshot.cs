using Stromboli.Crds.Runs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>Everything that a decision on a run goes by.</summary>
internal sealed record RunSnapshot
{
    /// <summary>The run.</summary>
    public required AgentRun Run { get; init; }

    /// <summary>The time, by the operator's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The operator's configuration.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The latest that any node said of the run.</summary>
    public ObservedAttempt? Observed { get; init; }

    /// <summary>From when on the node of the attempt under way counts as lost; null if it has none or the time is not known.</summary>
    public DateTimeOffset? NodeLostAt { get; init; }

    /// <summary>Why the run is not dealt with yet, as one sentence: its namespace has too many before it. Null if it is.</summary>
    public string? HeldBack { get; init; }

    /// <summary>The check of the run's Secrets; null if they were not read.</summary>
    public SecretCheck? Secrets { get; init; }

    /// <summary>Where the run stands in its session; null if it has none, or its session is not there.</summary>
    public SessionPlace? Session { get; init; }

    /// <summary>The scheduler's answer; null if it was not asked.</summary>
    public Placement? Placement { get; init; }
}
