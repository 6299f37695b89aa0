namespace Stromboli.PodmanBridge.Sessions;

/// <summary>What the bridge keeps on disk of a session. What its agents wrote is nowhere in it.</summary>
internal sealed record SessionRecord
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string UID { get; init; }

    /// <summary>The number of the user that HOME and workspace belong to.</summary>
    public required int UserID { get; init; }

    /// <summary>Whether an agent of it has started: from then on nothing is cloned, and the hooks of its creation do not run.</summary>
    public bool Begun { get; init; }

    /// <summary>Whether it had begun before this was written: what was here is lost.</summary>
    public bool Lost { get; init; }
}
