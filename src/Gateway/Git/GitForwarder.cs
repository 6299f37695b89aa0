using System.Buffers;
using Stromboli.Gateway.Egress;
using Stromboli.Gateway.Sockets;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Git;

/// <summary>
/// Forwards a clone's requests. It sends a request of its own making, and relays the answer as it arrives if it is a Git server's.
/// </summary>
internal sealed partial class GitForwarder(GitGatewayOptions options)
{
    private const int PieceSize = 64 * 1024;

    private readonly ILogger _logger = options.Loggers.CreateLogger<GitForwarder>();

    /// <summary>Answers one request.</summary>
    public async Task ForwardAsync(HttpContext context, GitRun run, GitRoute route)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, run.Over);
        using var turn = await run.TurnAsync(stop.Token);
        using var body =
            route == GitRoute.UploadPack
                ? await RequestBody.ReadAsync(
                    context.Request,
                    options.LargestBody,
                    static _ => Task.FromResult<IDisposable>(NoPlace.Instance),
                    stop.Token
                )
                : null;
        if (body is null && route == GitRoute.UploadPack)
        {
            await GitAnswer.RefuseAsync(
                context,
                StatusCodes.Status413PayloadTooLarge,
                $"the request has more than {options.LargestBody} bytes"
            );
            return;
        }

        if (!run.MayGo)
        {
            await GitAnswer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the node's lease is over");
            return;
        }

        using var message = Build(run.Remote, route, context.Request.Headers, body);
        GatewayMetrics.Sent(GatewayMetrics.Git, body?.Bytes.Length ?? 0);
        using var timeout = new CancellationTokenSource(options.AnswerWait, options.Clock);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop.Token);
        using var answer = await SendAsync(context, run, message, wait.Token, stop.Token);
        if (answer is not null && !await RefuseAsync(context, run, route, answer))
        {
            await RelayAsync(context, run, answer, timeout, wait.Token, stop.Token);
        }
    }

    private static HttpRequestMessage Build(GitRemote remote, GitRoute route, IHeaderDictionary git, RequestBody? body)
    {
        var message = new HttpRequestMessage(route == GitRoute.UploadPack ? HttpMethod.Post : HttpMethod.Get, remote.Target(route));
        GitHeaders.Write(message, git, remote, route, body?.Bytes);
        return message;
    }

    /// <summary>The head of the answer; null when there is none and git has been told.</summary>
    private async Task<HttpResponseMessage?> SendAsync(
        HttpContext context,
        GitRun run,
        HttpRequestMessage message,
        CancellationToken wait,
        CancellationToken stop
    )
    {
        try
        {
            GatewayMetrics.Allowed(GatewayMetrics.Git);
            return await run.SendAsync(message, wait);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            var failure = FailureOf(e);
            Log.Unreachable(_logger, run.Key, run.Remote.Host, failure.Kind, e.InnerException?.Message ?? e.Message);
            await FailAsync(context, run, failure, StatusCodes.Status502BadGateway);
            return null;
        }
    }

    private static GitFailure FailureOf(Exception e) =>
        e switch
        {
            HttpRequestException { InnerException: DialException dial } => new GitFailure(
                dial.Failure switch
                {
                    DialFailure.NotResolved => GitFailureKind.NotResolved,
                    DialFailure.AddressRefused or DialFailure.NotListed => GitFailureKind.AddressRefused,
                    _ => GitFailureKind.Unreachable,
                }
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new GitFailure(GitFailureKind.Tls),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => new GitFailure(GitFailureKind.NotGit),
            _ => new GitFailure(GitFailureKind.Unreachable),
        };

    private static async Task<bool> RefuseAsync(HttpContext context, GitRun run, GitRoute route, HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        var failure = GitFailure.OfStatus(status, run.Remote.Authorization is not null, RedirectHost(answer, run.Remote));
        if (failure is null && answer.Content.Headers.ContentType?.MediaType != GitRoutes.AnswerType(route))
        {
            failure = new GitFailure(GitFailureKind.NotGit);
        }

        if (failure is null)
        {
            return false;
        }

        await FailAsync(context, run, failure, status == 404 ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden);
        return true;
    }

    // Only the host, because a path may contain something confidential, and only if it looks like a host name.
    private static string RedirectHost(HttpResponseMessage answer, GitRemote remote)
    {
        if (answer.Headers.Location is not { } location)
        {
            return "nowhere";
        }

        return !location.IsAbsoluteUri ? remote.Host
            : location.IdnHost is { Length: > 0 and < 254 } host && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':')
                ? host
            : "another host";
    }

    private static Task FailAsync(HttpContext context, GitRun run, GitFailure failure, int status)
    {
        run.Note(failure);
        return GitAnswer.RefuseAsync(context, status, failure.Cause);
    }

    private async Task RelayAsync(
        HttpContext context,
        GitRun run,
        HttpResponseMessage answer,
        CancellationTokenSource timeout,
        CancellationToken wait,
        CancellationToken stop
    )
    {
        GitHeaders.Copy(answer, context.Response.Headers);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(wait);
            await context.Response.StartAsync(stop);
            for (int read; (read = await ReadAsync(stream, buffer, run, wait, stop)) > 0; )
            {
                if (!run.Receive(read))
                {
                    context.Abort();
                    return;
                }

                GatewayMetrics.Received(GatewayMetrics.Git, read);
                timeout.CancelAfter(options.Silence);
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), wait);
                timeout.CancelAfter(options.Silence);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadAsync(Stream stream, byte[] buffer, GitRun run, CancellationToken wait, CancellationToken stop)
    {
        try
        {
            return await stream.ReadAsync(buffer, wait);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            run.Note(new GitFailure(GitFailureKind.BrokeOff));
            throw;
        }
    }

    private sealed class NoPlace : IDisposable
    {
        public static NoPlace Instance { get; } = new();

        public void Dispose()
        {
            // A clone has few requests (GitRun.MostRequests), so none has to wait for a large body.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Git request of {Run}: {Host} cannot be used: {Failure}: {Detail}")]
        public static partial void Unreachable(ILogger logger, string run, string host, GitFailureKind failure, string detail);
    }
}
