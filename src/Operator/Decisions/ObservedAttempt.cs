using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Decisions;

/// <summary>A node's report of an attempt, with times by the operator's clock.</summary>
internal sealed record ObservedAttempt
{
    // Longer than any attempt can last. A larger value comes from a broken clock or a lie, and would overflow the arithmetic.
    private const long MaxAgoMs = 400L * 24 * 60 * 60 * 1000;

    /// <summary>The node that sent the report.</summary>
    public required string Node { get; init; }

    /// <summary>The number of the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The stage of the attempt.</summary>
    public required AttemptStage Stage { get; init; }

    /// <summary>The results of its hooks; null while they are unknown.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>What was cloned and pushed; null if nothing was.</summary>
    public GitReport? Git { get; init; }

    /// <summary>When the agent's process started; null before its start.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the attempt ended; null before its end.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How the attempt ended; null before its end.</summary>
    public AttemptEnd? End { get; init; }

    /// <summary>Converts a report, whose times are relative, to times by the operator's clock.</summary>
    public static ObservedAttempt From(string node, AttemptObservation observation, DateTimeOffset receivedAt) =>
        new()
        {
            Node = node,
            Attempt = observation.Attempt,
            // The stage Ended without an end is a contradiction and counts as no news.
            Stage = observation is { Stage: AttemptStage.Ended, End: null } ? AttemptStage.Preparing : observation.Stage,
            Hooks = observation.Hooks,
            Git = observation.Git,
            StartedAt = Before(receivedAt, observation.StartedAgoMs),
            EndedAt = observation.Stage == AttemptStage.Ended ? Before(receivedAt, observation.End?.EndedAgoMs) : null,
            End = observation.Stage == AttemptStage.Ended ? observation.End : null,
        };

    /// <summary>Whether this report replaces a known one. An end is final, and a start is never taken back.</summary>
    public bool Replaces(ObservedAttempt? known) =>
        known is null
        || Attempt > known.Attempt
        || (Attempt == known.Attempt && (Node != known.Node || Rank(Stage) >= Rank(known.Stage)) && known.End is null);

    // Prepared and held may alternate, because a restarted bridge prepares again.
    private static int Rank(AttemptStage stage) =>
        stage switch
        {
            AttemptStage.Ended => 3,
            AttemptStage.Running => 2,
            AttemptStage.Hooks => 1,
            _ => 0,
        };

    private static DateTimeOffset? Before(DateTimeOffset time, long? agoMs) =>
        agoMs is { } ago ? time.AddMilliseconds(-Math.Clamp(ago, 0, MaxAgoMs)) : null;
}
