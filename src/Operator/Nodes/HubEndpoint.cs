using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Net.Http.Headers;
using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>The HTTP side of the hub: refuses with a status and a reason, or upgrades and runs the link.</summary>
internal sealed partial class HubEndpoint : IDisposable
{
    /// <summary>The item of a connection that holds its <see cref="HubPlace"/>.</summary>
    public const string PlaceItem = "stromboli.hub.place";

    // How many connections are authorised at once; further ones wait for a while. Tokens that were accepted before have as many slots of
    // their own: strangers do not hold them up.
    private const int MaxAtOnce = 16;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _authorizing = new(MaxAtOnce, MaxAtOnce);
    private readonly SemaphoreSlim _authorizingKnown = new(MaxAtOnce, MaxAtOnce);
    private readonly HubContext _context;
    private readonly HubDoor _door;
    private readonly NodeHub _hub;
    private readonly IAgentNodeCreator _creator;
    private readonly IHostApplicationLifetime _host;
    private readonly ILogger<HubEndpoint> _logger;

    public HubEndpoint(
        HubContext context,
        HubDoor door,
        NodeHub hub,
        IAgentNodeCreator creator,
        IHostApplicationLifetime host,
        ILogger<HubEndpoint> logger
    )
    {
        _context = context;
        _door = door;
        _hub = hub;
        _creator = creator;
        _host = host;
        _logger = logger;
    }

    /// <summary>Serves one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        // A refusal ends its connection; an upgrade removes this header.
        http.Response.Headers.Connection = "close";
        if (http.Request.Path != NodeLinkProtocol.Path)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            if (_door.Installation is not { } installation || !_context.Leadership.IsLeader)
            {
                throw new LinkRefusedException(RefusalReason.NotLeader, "This operator does not lead; try another address.");
            }

            var (node, token) = ReadRequest(http);
            var identity = await AuthorizeAsync(http.Connection.RemoteIpAddress, node, token, http.RequestAborted);
            PlaceOf(http)?.Linked();
            http.Response.Headers.Remove(HeaderNames.Connection);
            using var socket = await http.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext
                {
                    KeepAliveInterval = ChannelLimits.Default.KeepAliveInterval,
                    KeepAliveTimeout = ChannelLimits.Default.KeepAliveTimeout,
                }
            );
            await _hub.RunAsync(
                NodeLinkChannel.ForOperator(socket, _context.Clock),
                identity,
                token,
                installation,
                _host.ApplicationStopped
            );
        }
        catch (LinkRefusedException e)
        {
            await RefuseAsync(http, e.Refusal);
        }
        catch (Exception e) when (e is ApiException or KubeConfigException or NotLeaderException && !http.Response.HasStarted)
        {
            Log.CannotAuthorize(_logger, e.Message);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The bridge hung up; nobody is left to answer.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _authorizing.Dispose();
        _authorizingKnown.Dispose();
    }

    private static (string Node, string Token) ReadRequest(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            throw new LinkRefusedException(RefusalReason.ProtocolError, "A WebSocket is expected.");
        }

        var node =
            NodeOf(http) ?? throw new LinkRefusedException(RefusalReason.ProtocolError, "The query must name the node, as ?node=NAME.");
        const string Bearer = "Bearer ";
        var authorization = http.Request.Headers[HeaderNames.Authorization].ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && authorization.Length > Bearer.Length
            ? (node, authorization[Bearer.Length..].Trim())
            : throw new LinkRefusedException(RefusalReason.Unauthenticated, "A bearer token is missing.");
    }

    private static string? NodeOf(HttpContext http) =>
        http.Request.Query["node"].ToString() is { Length: <= 253 } name && NodeName().IsMatch(name) ? name : null;

    private static int StatusOf(RefusalReason reason) =>
        reason switch
        {
            RefusalReason.NotLeader => StatusCodes.Status503ServiceUnavailable,
            RefusalReason.Unauthenticated => StatusCodes.Status401Unauthorized,
            RefusalReason.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };

    private static HubPlace? PlaceOf(HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(PlaceItem, out var place) == true ? place as HubPlace : null;

    private async Task<LinkIdentity> AuthorizeAsync(IPAddress? address, string node, string token, CancellationToken cancellationToken)
    {
        _context.Gate.Demand(address, node, token);
        var slots = _context.Gate.Knows(token) ? _authorizingKnown : _authorizing;
        if (!await slots.WaitAsync(MaxWait, cancellationToken))
        {
            throw new LinkRefusedException(RefusalReason.NotLeader, "Too many bridges connect at once; try again.");
        }

        try
        {
            var identity = await _context.Authorizer.AuthorizeAsync(node, token, cancellationToken);
            _context.Gate.Accept(token);
            await _creator.EnsureAsync(node, cancellationToken);
            return identity;
        }
        catch (LinkRefusedException e)
        {
            _context.Gate.Refuse(node, token, e.Refusal);
            throw;
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task RefuseAsync(HttpContext http, LinkRefusal refusal)
    {
        _context.Metrics.Refused(refusal.Reason);
        if (refusal.Reason != RefusalReason.NotLeader && _context.Gate.Count(http.Connection.RemoteIpAddress))
        {
            Log.Refused(_logger, http.Connection.RemoteIpAddress, NodeOf(http) ?? "no node", refusal.Reason, refusal.Message);
        }

        http.Response.StatusCode = StatusOf(refusal.Reason);
        await http.Response.WriteAsJsonAsync(refusal, LinkRefusalJson.Default.LinkRefusal);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A bridge at {Address} is refused as {Node} ({Reason}): {Message}")]
        public static partial void Refused(ILogger logger, IPAddress? address, string node, RefusalReason reason, string message);

        [LoggerMessage(LogLevel.Warning, "A bridge cannot be authorised now: {Message}")]
        public static partial void CannotAuthorize(ILogger logger, string message);
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NodeName();
}
