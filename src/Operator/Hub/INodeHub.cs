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

    /// <summary>Asks a node for a stream. Never blocks.</summary>
    /// <param name="node">The node.</param>
    /// <param name="id">The ID of the stream.</param>
    /// <param name="source">What the stream contains.</param>
    /// <returns>Whether the message was sent, and a token that is cancelled when the link ends over which it was sent.</returns>
    (StreamRequest Request, CancellationToken LinkEnded) OpenStream(string node, string id, StreamSource source);
}

/// <summary>What became of the request for a stream.</summary>
internal enum StreamRequest
{
    /// <summary>The message is on its way.</summary>
    Sent,

    /// <summary>The node has no link.</summary>
    NodeAway,

    /// <summary>The bridge of the node is too old to send streams.</summary>
    OldBridge,
}
