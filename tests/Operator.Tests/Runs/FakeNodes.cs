using System.Collections.Concurrent;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Tests.Runs;

/// <summary>Nodes that a test sets.</summary>
internal sealed class FakeNodes : INodeRegistry
{
    private readonly ConcurrentDictionary<string, NodeView> _nodes = new();

    public event Action<string>? Changed;

    public IReadOnlyCollection<NodeView> Nodes => [.. _nodes.Values];

    public NodeView? Find(string name) => _nodes.GetValueOrDefault(name);

    public void Set(NodeView node)
    {
        _nodes[node.Name] = node;
        Changed?.Invoke(node.Name);
    }

    public void Remove(string name)
    {
        _nodes.TryRemove(name, out _);
        Changed?.Invoke(name);
    }
}
