using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.NodeLink;

/// <summary>
/// Sends streams to an operator, each as the body of a request of its own (<see cref="NodeLinkProtocol.StreamsPath"/>): HTTP/1.1, chunked,
/// one connection for each. TLS is checked as for the link.
/// </summary>
/// <remarks>
/// The request waits for <c>100 Continue</c>. Only then does SocketsHttpHandler (.NET 10) read the connection while it sends the body, and
/// so notices at once that the operator has closed it, also while there is nothing to send. It also means that no stream begins for which
/// nobody waits.
/// </remarks>
public sealed class StreamClient : IDisposable
{
    private readonly Uri _streams;
    private readonly string _query;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Creates a client. Nothing is sent yet.</summary>
    /// <param name="operatorAddress">The operator's <c>https</c> address, as for the link. The protocol's path replaces its path.</param>
    /// <param name="node">The name of the bridge's AgentNode.</param>
    /// <param name="authorities">The certificates to trust. The client copies them.</param>
    public StreamClient(Uri operatorAddress, string node, X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(operatorAddress);
        ArgumentNullException.ThrowIfNull(authorities);
        _streams = new UriBuilder("https", operatorAddress.Host, operatorAddress.Port, NodeLinkProtocol.StreamsPath).Uri;
        _query = $"?node={Uri.EscapeDataString(node)}";
        foreach (var authority in authorities)
        {
            _authorities.Add(X509CertificateLoader.LoadCertificate(authority.RawData));
        }

        var handler = NodeLinkClient.CreateHandler(_authorities);
        // A connection that was used before may be closed by the operator just as a stream begins.
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        handler.Expect100ContinueTimeout = TimeSpan.FromSeconds(15);
        _invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends one stream and waits for its end.</summary>
    /// <param name="id">The stream's ID.</param>
    /// <param name="token">A token, as for the link.</param>
    /// <param name="status">The HTTP status for the reader.</param>
    /// <param name="contentType">The media type for the reader.</param>
    /// <param name="writeAsync">
    /// Writes the body. Each write is sent at once, and throws <see cref="StreamClosedException"/> if it cannot be. It is not called if the
    /// operator does not want the stream, and is cancelled when the operator closes the connection. If it fails, the connection is closed
    /// before the body is complete.
    /// </param>
    /// <param name="cancellationToken">Ends the stream before it is complete.</param>
    /// <returns>The operator's answer: 2xx if it has taken the whole stream.</returns>
    /// <exception cref="HttpRequestException">The connection failed, or the operator closed it.</exception>
    public async Task<HttpStatusCode> SendAsync(
        string id,
        string token,
        int status,
        string contentType,
        Func<Stream, CancellationToken, Task> writeAsync,
        CancellationToken cancellationToken
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var body = new Body(writeAsync, over.Token);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_streams, Uri.EscapeDataString(id) + _query));
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.ExpectContinue = true;
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add(NodeLinkProtocol.StreamStatusHeader, status.ToString(CultureInfo.InvariantCulture));
        request.Content = body;
        try
        {
            using var response = await _invoker.SendAsync(request, over.Token);
            return response.StatusCode;
        }
        finally
        {
            await over.CancelAsync();
            await body.CloseAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _invoker.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private sealed class Body(Func<Stream, CancellationToken, Task> writeAsync, CancellationToken over) : HttpContent
    {
        private readonly Lock _lock = new();
        private Task _writing = Task.CompletedTask;
        private bool _closed;

        /// <summary>Waits until nothing of the body is being written, and nothing can be.</summary>
        public Task CloseAsync()
        {
            lock (_lock)
            {
                _closed = true;
                return _writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                return _writing = Task.Run(() => writeAsync(new FlushedStream(stream), over), CancellationToken.None);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    // Sends each write at once: a reader must not wait for the bytes that fill a buffer.
    private sealed class FlushedStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty)
            {
                return;
            }

            try
            {
                await inner.WriteAsync(buffer, cancellationToken);
                await inner.FlushAsync(cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new StreamClosedException(e);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
            // Each write is flushed.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
