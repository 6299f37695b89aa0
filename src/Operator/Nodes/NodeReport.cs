using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What the operator knows of a node by its links.</summary>
internal sealed record NodeReport
{
    /// <summary>What the bridge last said of the node; null if it has not connected to this operator.</summary>
    public NodeFacts? Facts { get; init; }

    /// <summary>What the bridge last said of its images; null if it has not told this operator.</summary>
    public IReadOnlyList<NodeImage>? Images { get; init; }

    /// <summary>How far the node is with the images that are wanted on it; null if it has not told yet on this link.</summary>
    public PrePullProgress? PrePull { get; init; }

    /// <summary>Since when the link that is up is up; null if none is.</summary>
    public DateTimeOffset? ConnectedSince { get; init; }

    /// <summary>Whether a full resync is done on the link that is up.</summary>
    public bool Resynced { get; init; }

    /// <summary>How long there has been no link; zero while there is one.</summary>
    public TimeSpan DownFor { get; init; }

    /// <summary>Whether its last lease and the grace are over.</summary>
    public bool Lost { get; init; }
}
