namespace Stromboli.NodeLink.Messages;

/// <summary>
/// A session was deleted: nothing of it may stay on the node. <see cref="DesiredSnapshot.Sessions"/> says the same to a node that was away.
/// </summary>
public sealed record SessionGone : OperatorMessage
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string UID { get; init; }
}
