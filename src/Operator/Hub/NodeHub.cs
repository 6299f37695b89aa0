using System.Collections.Concurrent;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hub;

/// <summary>The links to the nodes: at most one for each node, the newest.</summary>
internal sealed partial class NodeHub(
    ILeadership leadership,
    NodeRegistry registry,
    HubLinkFactory factory,
    HubMetrics metrics,
    ILogger<NodeHub> logger
) : INodeHub, INodeImages
{
    private readonly ConcurrentDictionary<string, HubLink> _links = new();
    private readonly Lock _changing = new();
    private bool _closed;

    /// <summary>Raised with the node's name when a newer link replaced one that was still up.</summary>
    public event Action<string>? Fenced;

    /// <inheritdoc/>
    public void Send(string node, DesiredAttempt attempt)
    {
        if (leadership.IsLeader && _links.TryGetValue(node, out var link))
        {
            link.Send(attempt);
        }
    }

    /// <inheritdoc/>
    public void SendImages(string node, IReadOnlyList<string> images)
    {
        if (leadership.IsLeader && _links.TryGetValue(node, out var link))
        {
            link.SendImages(images);
        }
    }

    /// <inheritdoc/>
    public void SendSessionGone(string node, string uid)
    {
        if (leadership.IsLeader && _links.TryGetValue(node, out var link))
        {
            link.SendSessionGone(uid);
        }
    }

    /// <inheritdoc/>
    public (StreamRequest Request, CancellationToken LinkEnded) OpenStream(string node, string id, StreamSource source) =>
        leadership.IsLeader && _links.TryGetValue(node, out var link) ? link.OpenStream(id, source) : (StreamRequest.NodeAway, default);

    /// <summary>Whether the node has a link with this token.</summary>
    public bool HasLink(string node, string token) => _links.TryGetValue(node, out var link) && link.Knows(token);

    /// <summary>Runs a link until it ends.</summary>
    /// <param name="channel">The channel, on which nothing has been received. It is disposed at the end.</param>
    /// <param name="identity">The identity that the link was authorized with.</param>
    /// <param name="token">The token that the link was authorized with.</param>
    /// <param name="installation">The UID of the installation.</param>
    /// <param name="cancellationToken">Ends the link at once.</param>
    public async Task RunAsync(
        MessageChannel<OperatorMessage, BridgeMessage> channel,
        LinkIdentity identity,
        string token,
        string installation,
        CancellationToken cancellationToken
    )
    {
        await using (channel)
        {
            var link = factory.Create(channel, identity, token, installation);
            try
            {
                await link.RunAsync(Enter, cancellationToken);
            }
            finally
            {
                Leave(link);
            }
        }
    }

    /// <summary>Ends every link with a reason, and refuses all later ones.</summary>
    public async Task CloseAsync(RefusalReason reason, string message)
    {
        HubLink[] links;
        lock (_changing)
        {
            _closed = true;
            links = [.. _links.Values];
        }

        await Task.WhenAll(links.Select(l => l.RefuseAsync(new LinkRefusal(reason, message))));
    }

    private bool Enter(HubLink link, NodeFacts facts)
    {
        HubLink? older;
        lock (_changing)
        {
            if (_closed)
            {
                return false;
            }

            older = _links.GetValueOrDefault(link.Node);
            older?.Fence();
            _links[link.Node] = link;
            registry.LinkUp(link.Node, link, facts);
        }

        metrics.LinkBegan();
        Log.Began(logger, link.Node, link.User);
        if (older is not null)
        {
            Log.Fenced(logger, link.Node);
            Fenced?.Invoke(link.Node);
        }

        return true;
    }

    private void Leave(HubLink link)
    {
        if (!link.Entered)
        {
            return;
        }

        _links.TryRemove(new KeyValuePair<string, HubLink>(link.Node, link));
        registry.LinkDown(link.Node, link);
        metrics.LinkEnded();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Node {Node} is connected as {User}")]
        public static partial void Began(ILogger logger, string node, string user);

        [LoggerMessage(LogLevel.Warning, "Node {Node} was already connected; closing its older link")]
        public static partial void Fenced(ILogger logger, string node);
    }
}
