namespace Stromboli.NodeLink.Messages;

/// <summary>What a node sees of one attempt of one run.</summary>
public sealed record AttemptObservation
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How far the attempt is.</summary>
    public required AttemptStage Stage { get; init; }

    /// <summary>How long ago the agent's process started, in milliseconds, when this was sent; null before it did.</summary>
    public long? StartedAgoMs { get; init; }

    /// <summary>What became of the commands before the agent, as far as they ran; null before that is known.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>The end; set exactly when <see cref="Stage"/> is <see cref="AttemptStage.Ended"/>.</summary>
    public AttemptEnd? End { get; init; }
}
