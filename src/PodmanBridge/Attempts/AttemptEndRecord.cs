using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>The end of an attempt, kept until the operator has stored it and the attempt is dropped.</summary>
internal sealed record AttemptEndRecord
{
    /// <summary>The end; its <see cref="AttemptEnd.EndedAgoMs"/> is computed anew at each report.</summary>
    public required AttemptEnd End { get; init; }

    /// <summary>When it ended, by the node's wall clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When the agent started, by the node's wall clock; null if it never did.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What became of the hooks, as far as they ran.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>Whether the operator has stored it.</summary>
    public bool Collected { get; init; }
}
