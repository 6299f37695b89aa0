using System.Collections.Concurrent;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>The links to the nodes: at most one for each, the newest.</summary>
internal sealed partial class NodeHub : INodeHub
{
    private readonly ConcurrentDictionary<string, HubLink> _links = new();
    private readonly Lock _changing = new();
    private readonly HubContext _context;
    private readonly ILogger _logger;
    private bool _closed;

    public NodeHub(HubContext context)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger<NodeHub>();
    }

    /// <summary>Raised with the node's name when a newer link took it over from one that was still up.</summary>
    public event Action<string>? Fenced;

    /// <inheritdoc/>
    public void Send(string node, DesiredAttempt attempt)
    {
        if (_context.Leadership.IsLeader && _links.TryGetValue(node, out var link))
        {
            link.Send(attempt);
        }
    }

    /// <summary>
    /// Tells the node which images are wanted on it, if it has a link. Costs nothing when they are what it was told last.
    /// </summary>
    public void SendImages(string node, IReadOnlyList<string> images)
    {
        if (_context.Leadership.IsLeader && _links.TryGetValue(node, out var link))
        {
            link.SendImages(images);
        }
    }

    /// <summary>Tells the node that a session was deleted, if it has a link: the snapshot of its next link says the same.</summary>
    public void SendSessionGone(string node, string uid)
    {
        if (_context.Leadership.IsLeader && _links.TryGetValue(node, out var link))
        {
            link.SendSessionGone(uid);
        }
    }

    /// <summary>Runs a link until it ends.</summary>
    /// <param name="channel">The channel, on which nothing has been received; it is disposed at the end.</param>
    /// <param name="identity">Whose it is.</param>
    /// <param name="token">The token that it was authorised with.</param>
    /// <param name="installation">The UID of the kube-system namespace.</param>
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
            var link = new HubLink(_context, channel, identity, installation);
            try
            {
                await link.RunAsync(token, Enter, cancellationToken);
            }
            finally
            {
                Leave(link);
            }
        }
    }

    /// <summary>Ends every link, and every one that would still come, with a reason.</summary>
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
            _context.Registry.LinkUp(link.Node, link, facts);
        }

        _context.Metrics.LinkBegan();
        Log.Began(_logger, link.Node, link.User);
        if (older is not null)
        {
            Log.Fenced(_logger, link.Node);
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
        _context.Registry.LinkDown(link.Node, link);
        _context.Metrics.LinkEnded();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Node {Node} is connected as {User}")]
        public static partial void Began(ILogger logger, string node, string user);

        [LoggerMessage(LogLevel.Warning, "Node {Node} was connected already: a newer link takes over, and the older one is closed")]
        public static partial void Fenced(ILogger logger, string node);
    }
}
