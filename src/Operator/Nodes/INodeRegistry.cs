namespace Stromboli.Operator.Nodes;

/// <summary>The nodes as the scheduler sees them.</summary>
internal interface INodeRegistry
{
    /// <summary>Every node that has an AgentNode, connected or not.</summary>
    IReadOnlyCollection<NodeView> Nodes { get; }

    /// <summary>The node of that name, or null.</summary>
    NodeView? Find(string name);

    /// <summary>
    /// Raised, outside of locks, with the node's name when its view changed in a way that may matter to a run: connected, disconnected,
    /// lost, facts, labels, spec.
    /// </summary>
    event Action<string>? Changed;
}
