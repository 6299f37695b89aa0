using System.Net.Http.Headers;
using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Sockets;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Model;

/// <summary>Forwards model requests: admits, reads, counts, sends a request of our own making, relays the answer.</summary>
internal sealed partial class MessageForwarder(ModelGatewayOptions options, UpstreamClient client)
{
    /// <summary>How many bytes of a body count as one request more.</summary>
    private const int BytesOfARequest = 512 * 1024;

    private readonly CredentialShares _shares = new(options.PlacesOfACredential);
    private readonly ILogger _logger = options.Loggers.CreateLogger<MessageForwarder>();

    /// <summary>Answers one request.</summary>
    public async Task ForwardAsync(HttpContext context, ModelRun run, ModelRoute route, bool beta)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, run.Over);
        if (await RefuseAsync(context, await run.AdmissionAsync(stop.Token)))
        {
            return;
        }

        using var turn = await run.TurnAsync(stop.Token);
        using var body = await ReadAsync(context, run, stop.Token);
        if (body is null)
        {
            return;
        }
        // A large body is more work than many small ones.
        run.Rate.Charge((double)body.Bytes.Length / BytesOfARequest);
        var rules = run.Rules();
        if (
            RequestHeaders.ReadBetas(context.Request.Headers["anthropic-beta"], rules, out var problem) is not { } betas
            || Rewrite(body, rules, out problem) is not { } request
        )
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, problem);
            return;
        }

        request = request with { IsLongContext = betas.Contains(RequestRules.LongContext) };
        // Reading may have taken long, and what counts is the time at which the request goes out.
        var admission = run.Current();
        if (await RefuseAsync(context, admission))
        {
            return;
        }

        using var message = Build(admission.Upstream!, route, beta, context.Request.Headers, betas, body.Bytes);
        if (route == ModelRoute.Messages)
        {
            await CallAsync(context, run, admission.Upstream!, request, message, body, stop.Token);
        }
        else
        {
            await CountAsync(context, run, admission.Upstream!, message, body, stop.Token);
        }
    }

    // The gateway's own writing of the request takes the place of the agent's bytes.
    private static MessageRequest? Rewrite(RequestBody body, RequestRules rules, out string problem)
    {
        var found = "";
        var request = body.Rewrite((bytes, output) => MessageRequest.Read(bytes, rules, output, out found));
        problem = found;
        return request;
    }

    private async Task<RequestBody?> ReadAsync(HttpContext context, ModelRun run, CancellationToken cancellationToken)
    {
        if (context.Request.Headers.ContentEncoding.Count > 0)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "a compressed body cannot be read");
            return null;
        }

        var body = await RequestBody.ReadAsync(context.Request, options.LargestBody, run.LargeBodyAsync, cancellationToken);
        if (body is null)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"the body has more than {options.LargestBody} bytes");
        }

        return body;
    }

    private static async Task<bool> RefuseAsync(HttpContext context, Admission admission)
    {
        if (admission.Upstream is not null)
        {
            return false;
        }

        await (
            admission.Final
                ? ApiError.WriteAsync(context, StatusCodes.Status403Forbidden, admission.Refusal)
                : ApiError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, admission.Refusal, retryAfterSeconds: 1)
        );
        return true;
    }

    private static HttpRequestMessage Build(
        ModelUpstream upstream,
        ModelRoute route,
        bool beta,
        IHeaderDictionary agent,
        IReadOnlyList<string> betas,
        ReadOnlyMemory<byte> body
    )
    {
        var message = new HttpRequestMessage(HttpMethod.Post, upstream.Target(route, beta)) { Content = new ReadOnlyMemoryContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        RequestHeaders.Write(message.Headers, agent, betas, upstream);
        return message;
    }

    private async Task CallAsync(
        HttpContext context,
        ModelRun run,
        ModelUpstream upstream,
        MessageRequest request,
        HttpRequestMessage message,
        RequestBody body,
        CancellationToken cancellationToken
    )
    {
        ModelCall? call = null;
        var refusal = run.UnboundedBy(request);
        try
        {
            if (refusal is null)
            {
                call = await run.BeginAsync(request, body.Bytes.Length, cancellationToken);
            }
            else
            {
                run.NoteRefusal(ModelFailure.Unbounded(refusal));
            }
        }
        catch (IOException e)
        {
            Log.LedgerFailed(_logger, e, run.Key);
            await ApiError.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "the node cannot count this request",
                retryAfterSeconds: 5
            );
            return;
        }

        if (call is null)
        {
            GatewayMetrics.RefusedByBudget();
            // The API answers like this when there is no credit left. For a 403 the CLI would report a failed login.
            await ApiError.AnswerAsync(context, StatusCodes.Status400BadRequest, refusal ?? "the run's budget is used up");
            return;
        }

        using (call)
        {
            using var place = await EnterAsync(run, upstream, call, cancellationToken);
            // The request may have waited for its share of the budget or of the credential.
            if (await RefuseAsync(context, run.Current()))
            {
                call.NothingUsed();
                return;
            }

            using var timeouts = new UpstreamTimeouts(options, context.RequestAborted, run.Over);
            using var answer = await SendAsync(context, run, upstream, message, call, body.Bytes.Length, timeouts);
            if (answer is null)
            {
                return;
            }
            // When the head of the answer is there, HTTP/1.1 has sent the body, so its memory can be freed long before a stream ends.
            body.Dispose();
            await new AnswerRelay(context, upstream, call, timeouts, options).RelayAsync(answer);
        }
    }

    private async Task CountAsync(
        HttpContext context,
        ModelRun run,
        ModelUpstream upstream,
        HttpRequestMessage message,
        RequestBody body,
        CancellationToken cancellationToken
    )
    {
        using var place = await _shares.EnterAsync(upstream, run.Namespace, cancellationToken);
        if (await RefuseAsync(context, run.Current()))
        {
            return;
        }

        using var timeouts = new UpstreamTimeouts(options, context.RequestAborted, run.Over);
        using var answer = await SendAsync(context, run, upstream, message, call: null, body.Bytes.Length, timeouts);
        if (answer is null)
        {
            return;
        }

        body.Dispose();
        await new AnswerRelay(context, upstream, call: null, timeouts, options).RelayAsync(answer);
    }

    private async Task<IDisposable> EnterAsync(ModelRun run, ModelUpstream upstream, ModelCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await _shares.EnterAsync(upstream, run.Namespace, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The request never left.
            call.NothingUsed();
            throw;
        }
    }

    /// <summary>The head of the answer; null when there is none and the agent has been told.</summary>
    private async Task<HttpResponseMessage?> SendAsync(
        HttpContext context,
        ModelRun run,
        ModelUpstream upstream,
        HttpRequestMessage message,
        ModelCall? call,
        long bytes,
        UpstreamTimeouts timeouts
    )
    {
        try
        {
            GatewayMetrics.Allowed(GatewayMetrics.Model);
            GatewayMetrics.Sent(GatewayMetrics.Model, bytes);
            var answer = await client.SendAsync(message, upstream, timeouts.Token);
            call?.Replied((int)answer.StatusCode);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !timeouts.Token.IsCancellationRequested))
        {
            var error = (e as HttpRequestException)?.HttpRequestError ?? HttpRequestError.ConnectionError;
            if (run.NoteUnreachable(out var count))
            {
                Log.Unreachable(_logger, run.Key, upstream.Host, error, e.InnerException?.Message ?? e.Message, count);
            }
            // Without a connection, nothing of the request had left.
            if (error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
            {
                call?.NothingUsed();
            }

            call?.Answered(ModelFailure.Unreachable);
            await ApiError.WriteAsync(
                context,
                StatusCodes.Status502BadGateway,
                "the model's origin cannot be reached",
                retryAfterSeconds: 1
            );
        }
        catch (OperationCanceledException) when (timeouts.RanOut)
        {
            call?.Answered(ModelFailure.Unreachable);
            await ApiError.WriteAsync(
                context,
                StatusCodes.Status504GatewayTimeout,
                "the model's origin does not answer",
                retryAfterSeconds: 1
            );
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Model request of {Run}: {Host} cannot be reached: {Error}: {Detail}; {Count} requests so far")]
        public static partial void Unreachable(ILogger logger, string run, string host, HttpRequestError error, string detail, long count);

        [LoggerMessage(LogLevel.Error, "The ledger of {Run} cannot be written, so its model requests are refused")]
        public static partial void LedgerFailed(ILogger logger, Exception exception, string run);
    }
}
