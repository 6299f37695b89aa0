using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What the links of a node have reported.</summary>
internal sealed record NodeReport
{
    /// <summary>The facts that the bridge reported last; null if it has not connected to this operator.</summary>
    public NodeFacts? Facts { get; init; }

    /// <summary>The images that the bridge reported last; null if it has not reported any to this operator.</summary>
    public IReadOnlyList<NodeImage>? Images { get; init; }

    /// <summary>The progress with the desired images; null if it was not reported on this link yet.</summary>
    public PrePullProgress? PrePull { get; init; }

    /// <summary>Since when the link is up; null if there is none.</summary>
    public DateTimeOffset? ConnectedSince { get; init; }

    /// <summary>Whether the link has completed a full resync.</summary>
    public bool Resynced { get; init; }

    /// <summary>How long there has been no link; zero while there is one.</summary>
    public TimeSpan DownFor { get; init; }

    /// <summary>Whether the last lease and its grace are over.</summary>
    public bool Lost { get; init; }
}
