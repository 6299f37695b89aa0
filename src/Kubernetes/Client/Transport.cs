using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Stromboli.Kubernetes;

/// <summary>Sends requests: authentication, rate limit, write guard, retries, typed failures.</summary>
internal sealed partial class Transport : IDisposable
{
    private readonly ConnectionPools _connections;
    private readonly ICredentialSource _credentials;
    private readonly string _prefix;
    private readonly string? _host;
    private readonly Impersonation? _impersonation;
    private readonly Version _version;
    private readonly KubeClientOptions _options;
    private readonly RateLimiter _limiter;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public Transport(KubeConfig config, KubeClientOptions options, TimeProvider clock, ILogger logger)
    {
        _connections = new(config, new TlsFiles(config, clock, logger), options.UserAgent);
        _credentials = config.Credentials(clock);
        _prefix = config.Server.AbsolutePath.TrimEnd('/');
        // SocketsHttpHandler looks for this name in the server's certificate, not for SslOptions.TargetHost (seen on .NET 10.0).
        _host = config.TlsServerName;
        _impersonation = config.Impersonation;
        _version =
            _impersonation is not null && ImpersonationHeaders.NeedLines(_impersonation) ? HttpVersion.Version11 : HttpVersion.Version20;
        _options = options;
        _limiter = new RateLimiter(options.QueriesPerSecond, options.Burst, clock);
        _clock = clock;
        _logger = logger;
    }

    public void Dispose() => _connections.Dispose();

    /// <summary>Sends a request, with retries, and returns the body of the answer.</summary>
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

    /// <summary>Opens a watch. The caller reads and disposes the answer, and ends when <see cref="Answer.Retired"/> is cancelled.</summary>
    public async Task<Answer> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var credential = await _credentials.GetAsync(cancellationToken);
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await AnswerAsync(request, credential, linked.Token);
        }
        catch (Exception e) when (e is not ApiException && !cancellationToken.IsCancellationRequested && IsNoAnswer(e))
        {
            throw NoAnswer(request, e, timeout.IsCancellationRequested);
        }
    }

    /// <summary>Whether an exception of HttpClient means that no answer, or only a part of it, came.</summary>
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

        // A plugin may take longer than a request may. An election has no time for that.
        var credential = request.ElectionTimeout is null ? await _credentials.GetAsync(cancellationToken) : null;
        using var timeout = new CancellationTokenSource(request.ElectionTimeout ?? _options.RequestTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            credential ??= await _credentials.GetAsync(linked.Token);
            var answer = await AnswerAsync(request, credential, linked.Token);
            using var response = answer.Response;
            var limit = Math.Min(request.MaxResponseBytes ?? int.MaxValue, _options.MaxResponseBytes);
            return await BoundedReader.ReadAsync(response.Content, limit, linked.Token);
        }
        catch (Exception e) when (e is not ApiException && !cancellationToken.IsCancellationRequested && IsNoAnswer(e))
        {
            throw NoAnswer(request, e, timeout.IsCancellationRequested);
        }
    }

    private async Task<Answer> AnswerAsync(ApiRequest request, Credential credential, CancellationToken cancellationToken)
    {
        var answer = await OnceAsync(request, credential, cancellationToken);
        if (answer.Response.IsSuccessStatusCode)
        {
            return answer;
        }

        var failure = await FailureAsync(request, answer, cancellationToken);
        if (
            failure.StatusCode != HttpStatusCode.Unauthorized
            || await _credentials.RenewAsync(credential, cancellationToken) is not { } renewed
        )
        {
            throw failure;
        }

        answer = await OnceAsync(request, renewed, cancellationToken);
        return answer.Response.IsSuccessStatusCode ? answer : throw await FailureAsync(request, answer, cancellationToken);
    }

    private async Task<ApiException> FailureAsync(ApiRequest request, Answer answer, CancellationToken cancellationToken)
    {
        using var response = answer.Response;
        return await ErrorReader.ReadAsync(request, response, _clock, cancellationToken);
    }

    private async Task<Answer> OnceAsync(ApiRequest request, Credential credential, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, _prefix + request.Path)
        {
            Version = _version,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Host = _host;
        if (credential.Token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Token);
        }

        if (request.Accept is not null)
        {
            message.Headers.Accept.ParseAdd(request.Accept);
        }

        if (_impersonation is not null)
        {
            ImpersonationHeaders.Add(message.Headers, _impersonation);
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
        var pool = _connections.Rent(credential);
        try
        {
            var response = await pool.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            code = (int)response.StatusCode;
            return new(response, pool.Retired);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            _connections.SuspectFiles();
            throw;
        }
        finally
        {
            _connections.Return(pool);
            KubeMetrics.Count(request.Labels, request.Method.Method, message.RequestUri!.Authority, code, _clock.GetElapsedTime(started));
        }
    }

    /// <summary>What the server answered.</summary>
    /// <param name="Response">The answer; its body is not read yet.</param>
    /// <param name="Retired">Cancelled when its connection should close because newer certificates are in use.</param>
    internal readonly record struct Answer(HttpResponseMessage Response, CancellationToken Retired);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Trying again in {Seconds} s: {Cause}")]
        public static partial void Retrying(ILogger logger, double seconds, string cause);
    }
}
