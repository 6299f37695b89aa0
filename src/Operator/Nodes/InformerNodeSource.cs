using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Nodes;

/// <summary>The AgentNodes and the cluster's Nodes in the informers.</summary>
internal sealed class InformerNodeSource : INodeSource
{
    private readonly Informer<AgentNode> _agentNodes;
    private readonly Informer<Node> _nodes;

    public InformerNodeSource(Informer<AgentNode> agentNodes, Informer<Node> nodes)
    {
        _agentNodes = agentNodes;
        _nodes = nodes;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<AgentNode> AgentNodes => _agentNodes.Store.List();

    /// <inheritdoc/>
    public AgentNode? Find(string name) => _agentNodes.Store.Get(NamespacedName.Cluster(name));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string>? ClusterLabels(string name) =>
        _nodes.Store.Get(NamespacedName.Cluster(name))?.Metadata.Labels;

    /// <summary>Calls the handler with the name of each node that changed.</summary>
    public void OnChange(Action<string> changed)
    {
        _agentNodes.OnChange(change => changed(change.Object.Metadata.Name!));

        // A kubelet writes its Node at least every few minutes. Only the labels matter here.
        _nodes.OnChange(change =>
        {
            if (!ReferenceEquals(change.Old?.Metadata.Labels, change.New?.Metadata.Labels))
            {
                changed(change.Object.Metadata.Name!);
            }
        });
    }
}
