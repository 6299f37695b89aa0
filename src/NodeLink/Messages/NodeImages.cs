using Stromboli.Crds.Nodes;

namespace Stromboli.NodeLink.Messages;

/// <summary>The images of the node. Sent once on each link, and whenever they change.</summary>
public sealed record ImagesChanged : BridgeMessage
{
    /// <summary>The images, at most <see cref="NodeLimits.Images"/>.</summary>
    public required IReadOnlyList<NodeImage> Images { get; init; }
}

/// <summary>
/// The images that must be on the node before a run needs them: always the whole list. An image that is no longer in the list stays on the
/// node.
/// </summary>
public sealed record DesiredImages : OperatorMessage
{
    /// <summary>The fully qualified names.</summary>
    public required IReadOnlyList<string> Images { get; init; }
}

/// <summary>The progress of the node with its desired images has changed.</summary>
public sealed record PrePullChanged : BridgeMessage
{
    /// <summary>The progress.</summary>
    public required PrePullProgress Progress { get; init; }
}

/// <summary>The progress of a node with its desired images.</summary>
public sealed record PrePullProgress
{
    /// <summary>The images of the last <see cref="DesiredImages"/>.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>How many of them are on the node.</summary>
    public required int Present { get; init; }

    /// <summary>The image that is being pulled, or that is next.</summary>
    public string? Pulling { get; init; }

    /// <summary>An explanation in one sentence, with the name of the image, of why a pull failed; null if none failed.</summary>
    public string? Failure { get; init; }
}
