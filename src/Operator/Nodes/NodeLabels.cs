using Stromboli.Crds.Nodes;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// The effective labels of a node, and what they were put together of: they are asked for at every placement and hardly ever change.
/// </summary>
/// <param name="Node">The AgentNode.</param>
/// <param name="Reported">What the bridge says of its node.</param>
/// <param name="Cluster">Those of the cluster's Node of that name.</param>
/// <param name="Effective">What comes of them.</param>
internal sealed record NodeLabels(
    AgentNode Node,
    IReadOnlyDictionary<string, string>? Reported,
    IReadOnlyDictionary<string, string>? Cluster,
    IReadOnlyDictionary<string, string> Effective
)
{
    /// <summary>Whether they are still put together of these.</summary>
    public bool AreOf(AgentNode node, IReadOnlyDictionary<string, string>? reported, IReadOnlyDictionary<string, string>? cluster) =>
        ReferenceEquals(Node, node) && ReferenceEquals(Reported, reported) && ReferenceEquals(Cluster, cluster);
}
