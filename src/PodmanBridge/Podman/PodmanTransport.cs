using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Stromboli.PodmanBridge.Podman;

/// <summary>HTTP to a libpod service on a unix socket.</summary>
internal sealed class PodmanTransport : IDisposable
{
    /// <summary>The version of the API that Podman 4 and 5 both serve; answers have the same shape from both.</summary>
    private const string Prefix = "http://podman/v4.0.0/libpod/";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public PodmanTransport(string socketPath, TimeProvider time)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellation) => ConnectAsync(socketPath, cancellation),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a call and reads its whole answer.</summary>
    /// <exception cref="PodmanException">There was no answer in time, or one too large.</exception>
    public Task<PodmanResponse> SendAsync(PodmanRequest request, CancellationToken cancellation) =>
        WithTimeoutAsync(request, async token =>
        {
            using var response = await SendHeadersAsync(request, token);
            var body = await ReadBoundedAsync(request, response, token);
            return new PodmanResponse(request.Name, response.StatusCode, body);
        }, cancellation);

    /// <summary>Sends a call whose answer is a stream. The caller disposes the answer.</summary>
    /// <exception cref="PodmanException">There was no answer in time, or it was an error.</exception>
    public Task<HttpResponseMessage> OpenAsync(PodmanRequest request, CancellationToken cancellation) =>
        WithTimeoutAsync(request, async token =>
        {
            var response = await SendHeadersAsync(request, token);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                var body = await ReadBoundedAsync(request, response, token);
                throw new PodmanResponse(request.Name, response.StatusCode, body).ToException();
            }
        }, cancellation);

    /// <summary>Sends a call whose answer is a stream, and gives the answer also if it is an error. The caller disposes it.</summary>
    /// <exception cref="PodmanException">There was no answer in time.</exception>
    public Task<HttpResponseMessage> OpenRawAsync(PodmanRequest request, CancellationToken cancellation) =>
        WithTimeoutAsync(request, token => SendHeadersAsync(request, token), cancellation);

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<T> WithTimeoutAsync<T>(PodmanRequest request, Func<CancellationToken, Task<T>> send, CancellationToken cancellation)
    {
        using var activity = BridgeTraces.Call(request);
        using var timeout = new CancellationTokenSource(request.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await send(either.Token);
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                throw new PodmanException(request.Name, $"no answer within {request.Timeout.TotalSeconds:0} s", inner: e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                // A pooled connection may be one to a service that has been restarted since.
                if (request.Idempotent && attempt == 1)
                    continue;
                throw new PodmanException(request.Name, Innermost(e), inner: e);
            }
        }
    }

    private async Task<HttpResponseMessage> SendHeadersAsync(PodmanRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, Prefix + request.Path);
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(request.Body);
            message.Content.Headers.ContentType = Json;
        }
        if (request.RegistryAuth is not null)
            message.Headers.TryAddWithoutValidation("X-Registry-Auth", request.RegistryAuth);
        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static async Task<byte[]> ReadBoundedAsync(PodmanRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified)
            return [];
        var content = new ArrayBufferWriter<byte>((int)Math.Clamp(response.Content.Headers.ContentLength ?? 0, 4096, 64 * 1024));
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        while (true)
        {
            var read = await stream.ReadAsync(content.GetMemory(4096), cancellation);
            if (read == 0)
                return content.WrittenSpan.ToArray();
            content.Advance(read);
            if (content.WrittenCount > request.MaxResponseBytes)
                throw new PodmanException(request.Name, $"the answer is larger than {request.MaxResponseBytes} bytes", response.StatusCode);
        }
    }

    private static string Innermost(Exception e) => e.InnerException is null ? e.Message : Innermost(e.InnerException);
}
