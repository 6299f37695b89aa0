using Stromboli.Crds.Nodes;

namespace Stromboli.NodeLink.Messages;

/// <summary>The images of the node. Sent once on each link, and each time that they change.</summary>
public sealed record ImagesChanged : BridgeMessage
{
    /// <summary>The images, at most <see cref="NodeLimits.Images"/>.</summary>
    public required IReadOnlyList<NodeImage> Images { get; init; }
}
