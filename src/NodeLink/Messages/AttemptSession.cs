namespace Stromboli.NodeLink.Messages;

/// <summary>The session that an attempt takes part in: HOME and workspace are the session's, and stay on the node.</summary>
public sealed record AttemptSession
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string UID { get; init; }

    /// <summary>The name of the AgentSession, for labels only.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an agent of the session has run to its end: a node that has nothing of the session has lost it.</summary>
    public bool Begun { get; init; }

    /// <summary>The limit of what HOME, workspace and log together take of the node's disk, in bytes.</summary>
    public required long StorageBytes { get; init; }
}
