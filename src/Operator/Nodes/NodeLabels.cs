using Stromboli.Crds.Nodes;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// The effective labels of a node and their sources. They are needed at every placement and change rarely, so they are cached.
/// </summary>
/// <param name="Node">The AgentNode.</param>
/// <param name="Reported">The labels that the bridge reports.</param>
/// <param name="Cluster">The labels of the cluster's Node of that name.</param>
/// <param name="Effective">The effective labels.</param>
internal sealed record NodeLabels(
    AgentNode Node,
    IReadOnlyDictionary<string, string>? Reported,
    IReadOnlyDictionary<string, string>? Cluster,
    IReadOnlyDictionary<string, string> Effective
)
{
    /// <summary>Whether the labels were computed from these sources.</summary>
    public bool AreOf(AgentNode node, IReadOnlyDictionary<string, string>? reported, IReadOnlyDictionary<string, string>? cluster) =>
        ReferenceEquals(Node, node) && ReferenceEquals(Reported, reported) && ReferenceEquals(Cluster, cluster);
}
