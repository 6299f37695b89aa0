using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Nodes;

/// <summary>Records Events on AgentNodes.</summary>
internal sealed class NodeEvents(INodeSource nodes, EventRecorder events)
{
    /// <summary>A newer link of the node replaced an older one that was still up.</summary>
    public void Fenced(string node)
    {
        if (nodes.Find(node) is { } found)
        {
            events.Record(
                found,
                EventType.Warning,
                "LinkFenced",
                "Connect",
                "A second bridge connected as this node, so the older link was closed. Each node must have one bridge."
            );
        }
    }

    /// <summary>A status was written. If the node has just been lost, an Event says so.</summary>
    /// <param name="before">The node with its status before.</param>
    /// <param name="status">The status that was written.</param>
    public void StatusWritten(AgentNode before, AgentNodeStatus status)
    {
        if (
            Conditions.Find(status.Conditions, NodeConditions.Ready) is { Reason: AgentNodeStatusRules.Lost } lost
            && Conditions.Find(before.Status?.Conditions, NodeConditions.Ready)?.Reason != AgentNodeStatusRules.Lost
        )
        {
            events.Record(before, EventType.Warning, "NodeLost", "EndLease", lost.Message);
        }
    }
}
