using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>The links to the nodes, as the runs see them.</summary>
internal interface INodeHub
{
    /// <summary>
    /// Sends what is wanted of one attempt. Does nothing if the node has no link: the snapshot of its next link says the same. Never
    /// blocks; a link whose queue is full is closed, since a resync is cheaper than memory.
    /// </summary>
    void Send(string node, DesiredAttempt attempt);
}
