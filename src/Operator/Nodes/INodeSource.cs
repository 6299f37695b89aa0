using Stromboli.Crds.Nodes;

namespace Stromboli.Operator.Nodes;

/// <summary>What the cluster knows about nodes.</summary>
internal interface INodeSource
{
    /// <summary>Every AgentNode.</summary>
    IReadOnlyCollection<AgentNode> AgentNodes { get; }

    /// <summary>The AgentNode of that name, or null.</summary>
    AgentNode? Find(string name);

    /// <summary>The labels of the cluster's Node of that name; null if there is none.</summary>
    IReadOnlyDictionary<string, string>? ClusterLabels(string name);
}
