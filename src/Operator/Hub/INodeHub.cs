using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>The links to the nodes, as the runs and sessions see them.</summary>
internal interface INodeHub
{
    /// <summary>
    /// Sends the desired state of one attempt. Does nothing if the node has no link: the snapshot of its next link says the same. Never
    /// blocks. A link whose queue is full is closed, because a resync costs less than the memory.
    /// </summary>
    void Send(string node, DesiredAttempt attempt);

    /// <summary>
    /// Tells the node that a session was deleted. Does nothing if the node has no link: the snapshot of its next link says so.
    /// </summary>
    void SendSessionGone(string node, string uid);
}
