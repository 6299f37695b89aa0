namespace Stromboli.NodeLink.Messages;

/// <summary>The node is further, or no further, with the images that are wanted on it.</summary>
public sealed record PrePullChanged : BridgeMessage
{
    /// <summary>How far it is.</summary>
    public required PrePullProgress Progress { get; init; }
}
