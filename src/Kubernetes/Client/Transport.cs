using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Stromboli.Kubernetes;

/// <summary>Sends requests: authentication, rate limit, write guard, retries, typed failures.</summary>
internal sealed partial class Transport : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _prefix;
    private readonly string? _host;
    private readonly TokenSource? _tokens;
    private readonly KubeClientOptions _options;
    private readonly RateLimiter _limiter;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public Transport(KubeConfig config, KubeClientOptions options, TimeProvider clock, ILogger logger)
    {
        _http = new HttpClient(HttpHandlers.Create(config), disposeHandler: true)
        {
            BaseAddress = config.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _prefix = config.Server.AbsolutePath.TrimEnd('/');
        // SocketsHttpHandler looks for this name in the server's certificate, not for SslOptions.TargetHost (seen on .NET 10.0).
        _host = config.TlsServerName;
        _tokens = TokenSource.For(config, clock);
        _options = options;
        _limiter = new RateLimiter(options.QueriesPerSecond, options.Burst, clock);
        _clock = clock;
        _logger = logger;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The body of a good answer, after as many tries as are allowed.</summary>
    public async Task<ReadOnlyMemory<byte>> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(request, cancellationToken);
            }
            catch (ApiException failure)
            {
                // Jitter, not a secret.
                var wait = request.ElectionTimeout is null
                    ? RetryPolicy.Delay(_options, attempt, request.Idempotent, failure, Random.Shared.NextDouble())
                    : null;
                if (wait is null)
                {
                    throw;
                }

                Log.Retrying(_logger, wait.Value.TotalSeconds, failure.Message);
                await Task.Delay(wait.Value, _clock, cancellationToken);
            }
        }
    }

    /// <summary>Opens a watch; the answer's body is the caller's to read and dispose.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await AnswerAsync(request, linked.Token);
        }
        catch (Exception e) when (e is not ApiException && !cancellationToken.IsCancellationRequested && IsNoAnswer(e))
        {
            throw NoAnswer(request, e, timeout.IsCancellationRequested);
        }
    }

    /// <summary>Whether an exception out of HttpClient means that the answer did not come, or not whole.</summary>
    public static bool IsNoAnswer(Exception e) => e is HttpRequestException or IOException or OperationCanceledException;

    public static ApiException NoAnswer(ApiRequest request, Exception cause, bool timedOut) =>
        timedOut
            ? new(null, "Timeout", $"{request.Method} {request.Path.Split('?')[0]}: no answer in time.", inner: cause)
            : new(
                null,
                "NoAnswer",
                $"{request.Method} {request.Path.Split('?')[0]}: no answer: {cause.GetBaseException().Message}",
                inner: cause
            );

    private static bool IsQuestion(ApiRequest request) => request.Method == HttpMethod.Post && request.Idempotent;

    private async Task<ReadOnlyMemory<byte>> TryAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (request.ElectionTimeout is null)
        {
            await _limiter.WaitAsync(cancellationToken);
        }

        using var timeout = new CancellationTokenSource(request.ElectionTimeout ?? _options.RequestTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await AnswerAsync(request, linked.Token);
            var limit = Math.Min(request.MaxResponseBytes ?? int.MaxValue, _options.MaxResponseBytes);
            return await BoundedReader.ReadAsync(response.Content, limit, linked.Token);
        }
        catch (Exception e) when (e is not ApiException && !cancellationToken.IsCancellationRequested && IsNoAnswer(e))
        {
            throw NoAnswer(request, e, timeout.IsCancellationRequested);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var token = _tokens is null ? null : await _tokens.GetAsync(cancellationToken);
        var response = await OnceAsync(request, token, cancellationToken);
        if (
            response.StatusCode == HttpStatusCode.Unauthorized
            && _tokens is not null
            && await _tokens.RefreshAsync(token!, cancellationToken) is { } renewed
        )
        {
            response.Dispose();
            response = await OnceAsync(request, renewed, cancellationToken);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ErrorReader.ReadAsync(request, response, _clock, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> OnceAsync(ApiRequest request, string? token, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, _prefix + request.Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Host = _host;
        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(request.Body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) },
            };
        }

        if (request.Method != HttpMethod.Get && !IsQuestion(request) && request.ElectionTimeout is null)
        {
            _options.BeforeWrite?.Invoke();
        }

        using var activity = KubeTraces.Request(request.Labels);
        var started = _clock.GetTimestamp();
        var code = 0;
        try
        {
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            code = (int)response.StatusCode;
            return response;
        }
        finally
        {
            KubeMetrics.Count(request.Labels, code, _clock.GetElapsedTime(started));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Trying again in {Seconds} s: {Cause}")]
        public static partial void Retrying(ILogger logger, double seconds, string cause);
    }
}
