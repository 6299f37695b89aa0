using Stromboli.Kubernetes;

namespace Stromboli.Operator.Nodes;

/// <summary>Tells of links by events on AgentNodes.</summary>
internal sealed class NodeEvents
{
    private readonly INodeSource _nodes;
    private readonly EventRecorder _events;

    public NodeEvents(INodeSource nodes, EventRecorder events)
    {
        _nodes = nodes;
        _events = events;
    }

    /// <summary>A newer link took a node over.</summary>
    public void Fenced(string node)
    {
        if (_nodes.Find(node) is { } found)
        {
            _events.Record(
                found,
                EventType.Warning,
                "LinkFenced",
                "Connect",
                "A second bridge connected as this node; the older link was closed. Each node must have one bridge."
            );
        }
    }
}
