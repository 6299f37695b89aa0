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

    /// <summary>Whether the session had begun before this record was written. Then the earlier files on this node are lost.</summary>
    public bool Lost { get; init; }
}
