namespace Stromboli.PodmanBridge.Sessions;

/// <summary>What the bridge keeps on disk about a session. Nothing that its agents wrote is part of it.</summary>
internal sealed record SessionRecord
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the user who owns HOME and workspace.</summary>
    public required int UserID { get; init; }

    /// <summary>Whether an agent of the session has started. From then on nothing is cloned, and the creation hooks do not run.</summary>
    public bool Begun { get; init; }

    /// <summary>
    /// The conversations of its agents, the latest first, without copies. A conversation that its model never answered has no transcript,
    /// so the session's is the first one that has.
    /// </summary>
    public IReadOnlyList<string> Conversations { get; init; } = [];

    /// <summary>The commit that was cloned before the first agent; empty for a repository without commits, null if none was.</summary>
    public string? ClonedCommit { get; init; }

    /// <summary>Whether the session had begun before this record was written. Then the earlier files on this node are lost.</summary>
    public bool Lost { get; init; }

    /// <summary>The record after an agent has started; the same object if nothing changes.</summary>
    /// <param name="conversation">The conversation of the agent; null if the session's stays as it is.</param>
    /// <param name="commit">The commit that was cloned for it; null if none was.</param>
    public SessionRecord AfterStart(string? conversation, string? commit)
    {
        var isKnown = conversation is null || (Conversations.Count > 0 && Conversations[0] == conversation);
        return Begun && isKnown
            ? this
            : this with
            {
                Begun = true,
                Conversations = isKnown
                    ? Conversations
                    : [conversation!, .. Conversations.Where(other => other != conversation).Take(MostConversations - 1)],
                ClonedCommit = ClonedCommit ?? (Begun ? null : commit),
            };
    }

    private const int MostConversations = 8;
}
