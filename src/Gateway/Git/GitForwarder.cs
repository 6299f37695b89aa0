using System.Buffers;
using Stromboli.Gateway.Sockets;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Git;

/// <summary>
/// Forwards the requests of a fetch. It sends a request of its own making, and relays the answer as it arrives if it is a Git server's.
/// </summary>
internal sealed class GitForwarder(GitGatewayOptions options)
{
    private const int PieceSize = 64 * 1024;

    private readonly GitUpstream _upstream = new(options.Loggers.CreateLogger<GitForwarder>());

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

        await run.AdmittedAsync(stop.Token);
        if (!run.MayGo)
        {
            await GitAnswer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the node's lease is over");
            return;
        }

        using var message = Build(run.Remote, route, context.Request.Headers, body);
        GatewayMetrics.Sent(GatewayMetrics.Git, body?.Bytes.Length ?? 0);
        using var timeout = new CancellationTokenSource(options.AnswerWait, options.Clock);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop.Token);
        var (answer, failure) = await _upstream.SendAsync(run, route, message, wait.Token, stop.Token);
        using (answer)
        {
            if (failure is not null)
            {
                await GitAnswer.RefuseAsync(context, GitUpstream.StatusOf(answer), failure.Cause);
                return;
            }

            await RelayAsync(context, run, answer!, timeout, wait.Token, stop.Token);
        }
    }

    private static HttpRequestMessage Build(GitRemote remote, GitRoute route, IHeaderDictionary git, RequestBody? body)
    {
        var message = new HttpRequestMessage(route == GitRoute.UploadPack ? HttpMethod.Post : HttpMethod.Get, remote.Target(route));
        GitHeaders.Write(message, git, remote, route, body is null ? null : new ReadOnlyMemoryContent(body.Bytes));
        return message;
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
}
