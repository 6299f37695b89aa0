using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>What a node said of an attempt, with its times in the operator's clock.</summary>
internal sealed record ObservedAttempt
{
    // Longer ago than any attempt can last: only a broken clock or a lie says more, and more would overflow the arithmetic.
    private const long MaxAgoMs = 400L * 24 * 60 * 60 * 1000;

    /// <summary>The node that said it.</summary>
    public required string Node { get; init; }

    /// <summary>The number of the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>How far it is.</summary>
    public required AttemptStage Stage { get; init; }

    /// <summary>What became of its hooks; null while that is not known.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>When the agent's process started; null before it did.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before it did.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended; null before it did.</summary>
    public AttemptEnd? End { get; init; }

    /// <summary>Turns the node's "so long ago" into times.</summary>
    public static ObservedAttempt From(string node, AttemptObservation observation, DateTimeOffset receivedAt) =>
        new()
        {
            Node = node,
            Attempt = observation.Attempt,
            // Ended without an end is a contradiction that says nothing.
            Stage = observation is { Stage: AttemptStage.Ended, End: null } ? AttemptStage.Preparing : observation.Stage,
            Hooks = observation.Hooks,
            StartedAt = Before(receivedAt, observation.StartedAgoMs),
            EndedAt = observation.Stage == AttemptStage.Ended ? Before(receivedAt, observation.End?.EndedAgoMs) : null,
            End = observation.Stage == AttemptStage.Ended ? observation.End : null,
        };

    /// <summary>Whether this says more than what was known: an end is final, a start is not taken back.</summary>
    public bool Replaces(ObservedAttempt? known) =>
        known is null
        || Attempt > known.Attempt
        || (Attempt == known.Attempt && (Node != known.Node || Rank(Stage) >= Rank(known.Stage)) && known.End is null);

    // Prepared and held may change places: a bridge that was restarted prepares again.
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
