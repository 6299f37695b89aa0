using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Stromboli.NodeLink;

namespace Stromboli.SimulatedNodes;

/// <summary>Sends streams to an operator, as a bridge does.</summary>
public sealed class StreamSender : IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _hub;
    private readonly string _node;

    /// <param name="hub">The address of the hub.</param>
    /// <param name="node">The node for which the streams are.</param>
    /// <param name="token">The token of the node's link.</param>
    /// <param name="authorities">The certificates to trust.</param>
    public StreamSender(Uri hub, string node, string token, X509Certificate2Collection authorities)
    {
        _hub = hub;
        _node = node;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends a stream and returns the operator's answer, which comes when the reader is done.</summary>
    /// <param name="id">The ID from the operator's message.</param>
    /// <param name="write">Writes the body. Each write is sent at once. An exception breaks the stream off.</param>
    /// <param name="status">The status for the reader.</param>
    /// <param name="mediaType">The media type for the reader.</param>
    /// <param name="cancellationToken">Breaks the stream off.</param>
    /// <exception cref="HttpRequestException">The operator has closed the connection, because the reader is gone.</exception>
    public async Task<HttpStatusCode> SendAsync(
        string id,
        Func<Stream, Task> write,
        int status = 200,
        string mediaType = "text/plain",
        CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(_hub, $"{NodeLinkProtocol.StreamsPath}{id}?node={Uri.EscapeDataString(_node)}")
        )
        {
            Content = new WrittenContent(write),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        request.Headers.Add(NodeLinkProtocol.StreamStatusHeader, status.ToString(CultureInfo.InvariantCulture));
        using var answer = await _client.SendAsync(request, cancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Sends a text and its end.</summary>
    public Task<HttpStatusCode> SendAsync(string id, string text, int status = 200, CancellationToken cancellationToken = default) =>
        SendAsync(id, body => WriteAsync(body, text), status, cancellationToken: cancellationToken);

    /// <summary>Writes a text so that it is sent at once.</summary>
    public static async Task WriteAsync(Stream body, string text)
    {
        ArgumentNullException.ThrowIfNull(body);
        await body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await body.FlushAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private sealed class WrittenContent(Func<Stream, Task> write) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            // Sends the headers before the first byte of the body.
            await stream.FlushAsync();
            await write(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
