using System.Net;
using System.Text.Json;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>
/// Converts a response other than an upgrade to a typed exception. ClientWebSocket itself reports the status of such a response but not its
/// body (dotnet/runtime, up to 10.0).
/// </summary>
internal sealed class RefusalHandler : DelegatingHandler
{
    private const int MaxBodyBytes = 16 * 1024;

    public RefusalHandler(HttpMessageHandler inner)
        : base(inner) { }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            return response;
        }

        using (response)
        {
            throw await ReadAsync(response, cancellationToken);
        }
    }

    private static async Task<Exception> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBodyBytes, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (JsonSerializer.Deserialize(body, LinkRefusalJson.Default.LinkRefusal) is { } refusal && Enum.IsDefined(refusal.Reason))
            {
                return new NodeLinkRefusedException(refusal.Reason, refusal.Message);
            }
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return new NodeLinkUnreachableException($"The address answered HTTP {status} without a reason of the node link protocol.", e);
        }

        return new NodeLinkUnreachableException($"The address answered HTTP {status} without a reason of the node link protocol.");
    }
}
