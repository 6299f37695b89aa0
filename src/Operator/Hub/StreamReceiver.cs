using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;

namespace Stromboli.Operator.Hub;

/// <summary>
/// Receives the requests with which bridges send streams. Such a request is authorized like a link, and is answered when the reader of the
/// stream is done.
/// </summary>
internal sealed class StreamReceiver(NodeStreams streams, NodeHub hub, LinkAccess access)
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>The ID of the stream that a request carries; null if it carries none.</summary>
    public static string? IdOf(HttpContext http) =>
        http.Request.Path.Value is { } path
        && path.StartsWith(NodeLinkProtocol.StreamsPath, StringComparison.Ordinal)
        && path.AsSpan(NodeLinkProtocol.StreamsPath.Length) is { Length: > 0 and <= 64 } id
        && !id.ContainsAnyExcept(IdCharacters)
            ? id.ToString()
            : null;

    /// <summary>Receives a stream, and returns when its reader is done.</summary>
    /// <param name="http">The bridge's request.</param>
    /// <param name="id">The ID of the stream.</param>
    /// <param name="admitted">Called when the bridge is authorized.</param>
    /// <exception cref="LinkRefusedException">The bridge may not send streams of the node.</exception>
    /// <exception cref="Kubernetes.ApiException">The API server did not answer.</exception>
    public async Task ReceiveAsync(HttpContext http, string id, Action admitted)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var (node, token) = BridgeRequest.Read(http);
        // An ID that nobody expects costs the API server nothing.
        if (!streams.Expects(id, node))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!hub.HasLink(node, token))
        {
            await access.AdmitAsync(http.Connection.RemoteIpAddress, node, token, http.RequestAborted);
        }

        if (StatusOf(http) is not { } status)
        {
            throw new LinkRefusedException(
                RefusalReason.ProtocolError,
                $"The header {NodeLinkProtocol.StreamStatusHeader} must have the HTTP status for the reader."
            );
        }

        admitted();
        LiftLimits(http);
        using var stream = new NodeStream(status, http.Request.ContentType, http.Request.BodyReader);
        if (!streams.Deliver(id, node, stream))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (await stream.Finished)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            http.Abort();
        }

        await stream.Released;
    }

    private static int? StatusOf(HttpContext http) =>
        int.TryParse(
            http.Request.Headers[NodeLinkProtocol.StreamStatusHeader],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var status
        ) && status is StatusCodes.Status200OK or (>= 400 and <= 599)
            ? status
            : null;

    // A stream may be as long as it likes and silent for hours. What is read of it is bounded by what the reader takes.
    private static void LiftLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
