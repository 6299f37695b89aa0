using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Stromboli.Podman;

/// <summary>
/// Sends calls to a libpod service on a Unix socket. While nothing listens, a call waits until the caller cancels it. A call whose
/// connection breaks is sent again if that is safe. A caller that cannot cancel (<see cref="CancellationToken.None"/>) gets the error at
/// once.
/// </summary>
internal sealed class PodmanTransport : IDisposable
{
    /// <summary>Podman 4 and 5 both serve this version of the API, and their answers have the same shape.</summary>
    private const string Prefix = "http://podman/v4.0.0/libpod/";

    /// <summary>How many times a call is sent when no answer comes. An engine that accepts and never answers is broken, not away.</summary>
    private const int MaxTries = 12;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private bool _disposed;

    public PodmanTransport(string socketPath, TimeProvider clock)
    {
        _clock = clock;
        Engine = new EngineAvailability(socketPath, clock);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
                new NetworkStream(await Engine.ConnectAsync(cancellationToken), ownsSocket: true),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether the engine listens on its socket.</summary>
    public EngineAvailability Engine { get; }

    /// <summary>Sends a call and reads the whole answer.</summary>
    /// <exception cref="PodmanException">No answer came in time, or it is too large.</exception>
    public Task<PodmanResponse> SendAsync(PodmanRequest request, CancellationToken cancellationToken) =>
        UntilAnsweredAsync(
            request,
            async (interrupted, token) =>
            {
                using var response = await SendHeadersAsync(request, token);
                var body = await ReadBoundedAsync(request, response, token);
                return new PodmanResponse(request.Name, response.StatusCode, body) { Interrupted = interrupted };
            },
            cancellationToken
        );

    /// <summary>Sends a call whose answer is a stream, and reads the stream to its end.</summary>
    /// <exception cref="PodmanException">No answer came in time, or it is an error.</exception>
    public Task<T> ReadAsync<T>(
        PodmanRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    ) =>
        UntilAnsweredAsync(
            request,
            async (_, token) =>
            {
                using var response = await SuccessAsync(request, token);
                return await read(response, token);
            },
            cancellationToken
        );

    /// <summary>Sends a call whose answer is a stream. The caller disposes the answer.</summary>
    /// <exception cref="PodmanException">No answer came in time, or it is an error.</exception>
    public Task<HttpResponseMessage> OpenAsync(PodmanRequest request, CancellationToken cancellationToken) =>
        UntilAnsweredAsync(request, (_, token) => SuccessAsync(request, token), cancellationToken);

    /// <summary>Sends a call whose answer is a stream, and returns the answer even if it is an error. The caller disposes it.</summary>
    /// <exception cref="PodmanException">No answer came in time.</exception>
    public Task<HttpResponseMessage> OpenRawAsync(PodmanRequest request, CancellationToken cancellationToken) =>
        UntilAnsweredAsync(request, (_, token) => SendHeadersAsync(request, token), cancellationToken);

    public void Dispose()
    {
        // A host disposes one client for each type under which it is registered.
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _http.Dispose();
        Engine.Dispose();
    }

    private async Task<T> UntilAnsweredAsync<T>(
        PodmanRequest request,
        Func<bool, CancellationToken, Task<T>> send,
        CancellationToken cancellationToken
    )
    {
        using var activity = PodmanTraces.Call(request);
        var began = _clock.GetTimestamp();
        var succeeded = false;
        try
        {
            var answer = await RepeatAsync(request, send, cancellationToken);
            succeeded = true;
            return answer;
        }
        finally
        {
            // A wait or a stream lasts as long as what it waits for.
            if (request.Timeout != PodmanTimeouts.None)
            {
                PodmanMetrics.Called(request, succeeded, _clock.GetElapsedTime(began));
            }
        }
    }

    private async Task<T> RepeatAsync<T>(
        PodmanRequest request,
        Func<bool, CancellationToken, Task<T>> send,
        CancellationToken cancellationToken
    )
    {
        var waits = request.Waits && cancellationToken.CanBeCanceled;
        var pause = FirstPause;
        for (var tries = 1; ; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await TryAsync(request, token => send(tries > 1, token), cancellationToken);
            }
            catch (PodmanException e) when (e.IsUnreachable && waits)
            {
                // The engine has not seen the call, so that any call may be sent again.
                await Engine.WaitAsync(cancellationToken);
            }
            catch (PodmanException e)
                when (e.IsUnanswered
                    && !e.IsUnreachable
                    && request.Idempotent
                    && tries < (waits ? MaxTries : 2)
                    && (waits || e.InnerException is not OperationCanceledException)
                )
            {
                // The first retry is immediate: a pooled connection may lead to a service that has restarted since.
                if (tries++ > 1)
                {
                    await Task.Delay(pause, _clock, cancellationToken);
                    pause = 2 * pause < LastPause ? 2 * pause : LastPause;
                }
            }
        }
    }

    private async Task<T> TryAsync<T>(PodmanRequest request, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(request.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            request.Uninterruptible ? CancellationToken.None : cancellationToken,
            timeout.Token
        );
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException e) when (request.Uninterruptible || !cancellationToken.IsCancellationRequested)
        {
            throw new PodmanException(request.Name, $"no answer within {request.Timeout.TotalSeconds:0} s", inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new PodmanException(request.Name, Unreachable(e)?.Message ?? Innermost(e), inner: e)
            {
                IsUnreachable = Unreachable(e) is not null,
            };
        }
    }

    private async Task<HttpResponseMessage> SuccessAsync(PodmanRequest request, CancellationToken cancellationToken)
    {
        var response = await SendHeadersAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var body = await ReadBoundedAsync(request, response, cancellationToken);
            throw new PodmanResponse(request.Name, response.StatusCode, body).ToException();
        }
    }

    private async Task<HttpResponseMessage> SendHeadersAsync(PodmanRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, Prefix + request.Path);
        // SocketsHttpHandler silently repeats a request without content when its connection closes. With content it does not, so that a
        // repeated call is always one of ours.
        if (request.Method == HttpMethod.Post)
        {
            message.Content = new ByteArrayContent(request.Body ?? []);
        }

        if (request.Body is not null)
        {
            message.Content!.Headers.ContentType = Json;
        }

        if (request.RegistryAuth is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Registry-Auth", request.RegistryAuth);
        }

        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static async Task<byte[]> ReadBoundedAsync(
        PodmanRequest request,
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified)
        {
            return [];
        }

        var content = new ArrayBufferWriter<byte>((int)Math.Clamp(response.Content.Headers.ContentLength ?? 0, 4096, 64 * 1024));
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (true)
        {
            var read = await stream.ReadAsync(content.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                return content.WrittenSpan.ToArray();
            }

            content.Advance(read);
            if (content.WrittenCount > request.MaxResponseBytes)
            {
                throw new PodmanException(request.Name, $"the answer is larger than {request.MaxResponseBytes} bytes", response.StatusCode);
            }
        }
    }

    private static EngineUnreachableException? Unreachable(Exception? e) =>
        e is null or EngineUnreachableException ? e as EngineUnreachableException : Unreachable(e.InnerException);

    private static string Innermost(Exception e) => e.InnerException is null ? e.Message : Innermost(e.InnerException);
}
