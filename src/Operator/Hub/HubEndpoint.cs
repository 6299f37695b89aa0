using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Net.Http.Headers;
using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hub;

/// <summary>Serves the hub over HTTP: refuses a request with a status and a reason, or upgrades it and runs the link.</summary>
internal sealed partial class HubEndpoint(
    HubReadiness readiness,
    LinkAccess access,
    NodeHub hub,
    StreamReceiver streams,
    HubMetrics metrics,
    IHostApplicationLifetime host,
    TimeProvider clock,
    ILogger<HubEndpoint> logger
)
{
    /// <summary>The key of the connection's item that holds its <see cref="ConnectionSlot"/>.</summary>
    public const string SlotItem = "stromboli.hub.slot";

    /// <summary>Serves one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        // A refusal closes its connection. An upgrade removes this header.
        http.Response.Headers.Connection = "close";
        var stream = StreamReceiver.IdOf(http);
        if (stream is null && http.Request.Path != NodeLinkProtocol.Path)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            if (readiness.Installation is not { } installation)
            {
                throw new LinkRefusedException(RefusalReason.NotLeader, "This operator does not lead; try another address.");
            }

            if (stream is not null)
            {
                await streams.ReceiveAsync(http, stream, () => SlotOf(http)?.Linked());
                return;
            }

            var (node, token) = ReadUpgrade(http);
            var identity = await access.AdmitAsync(http.Connection.RemoteIpAddress, node, token, http.RequestAborted);
            SlotOf(http)?.Linked();
            http.Response.Headers.Remove(HeaderNames.Connection);
            using var socket = await http.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext
                {
                    KeepAliveInterval = ChannelLimits.Default.KeepAliveInterval,
                    KeepAliveTimeout = ChannelLimits.Default.KeepAliveTimeout,
                }
            );
            await hub.RunAsync(NodeLinkChannel.ForOperator(socket, clock), identity, token, installation, host.ApplicationStopped);
        }
        catch (LinkRefusedException e)
        {
            await RefuseAsync(http, e.Refusal);
        }
        catch (Exception e) when (e is ApiException or KubeConfigException or NotLeaderException && !http.Response.HasStarted)
        {
            Log.CannotAuthorize(logger, e.Message);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The bridge closed the connection, so it needs no answer.
        }
    }

    private static BridgeRequest ReadUpgrade(HttpContext http) =>
        http.WebSockets.IsWebSocketRequest
            ? BridgeRequest.Read(http)
            : throw new LinkRefusedException(RefusalReason.ProtocolError, "The request must be a WebSocket upgrade.");

    private static int StatusOf(RefusalReason reason) =>
        reason switch
        {
            RefusalReason.NotLeader => StatusCodes.Status503ServiceUnavailable,
            RefusalReason.Unauthenticated => StatusCodes.Status401Unauthorized,
            RefusalReason.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };

    private static ConnectionSlot? SlotOf(HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(SlotItem, out var slot) == true ? slot as ConnectionSlot : null;

    private async Task RefuseAsync(HttpContext http, LinkRefusal refusal)
    {
        metrics.Refused(refusal.Reason);
        if (refusal.Reason != RefusalReason.NotLeader && access.CountRefusal(http.Connection.RemoteIpAddress))
        {
            Log.Refused(logger, http.Connection.RemoteIpAddress, BridgeRequest.NodeOf(http) ?? "no node", refusal.Reason, refusal.Message);
        }

        http.Response.StatusCode = StatusOf(refusal.Reason);
        await http.Response.WriteAsJsonAsync(refusal, LinkRefusalJson.Default.LinkRefusal);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Refused a bridge at {Address} as {Node} ({Reason}): {Message}")]
        public static partial void Refused(ILogger logger, IPAddress? address, string node, RefusalReason reason, string message);

        [LoggerMessage(LogLevel.Warning, "Cannot authorize a bridge: {Message}")]
        public static partial void CannotAuthorize(ILogger logger, string message);
    }
}
