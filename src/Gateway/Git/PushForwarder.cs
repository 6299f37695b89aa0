using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Stromboli.Gateway.Git.Protocol;

namespace Stromboli.Gateway.Git;

/// <summary>
/// Forwards pushes. Every command is understood and allowed before a byte goes out. A refusal is an answer in git's own language, because
/// an agent that sees a broken connection tries again. Nothing is ever answered with 401: git cannot repeat a body that it has sent.
/// </summary>
internal sealed partial class PushForwarder(GitGatewayOptions options)
{
    private const int PieceSize = 64 * 1024;
    private const string LeaseOver = "the node's lease is over";

    private readonly ILogger _logger = options.Loggers.CreateLogger<PushForwarder>();
    private readonly GitUpstream _upstream = new(options.Loggers.CreateLogger<PushForwarder>());

    /// <summary>Answers what the server has.</summary>
    public async Task AdvertiseAsync(HttpContext context, GitRun run, GitRunPushes pushes)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, run.Over);
        using var turn = await run.TurnAsync(stop.Token);
        context.Response.ContentType = GitRoutes.AnswerType(GitRoute.PushAdvertisement);
        await run.AdmittedAsync(stop.Token);
        if (!run.MayGo)
        {
            await context.Response.Body.WriteAsync(PushAdvertisement.Error(LeaseOver), stop.Token);
            return;
        }

        using var message = new HttpRequestMessage(HttpMethod.Get, run.Remote.Target(GitRoute.PushAdvertisement));
        GitHeaders.Write(message, context.Request.Headers, run.Remote, GitRoute.PushAdvertisement, body: null);
        using var timeout = new CancellationTokenSource(options.AnswerWait, options.Clock);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop.Token);
        var (answer, failure) = await _upstream.SendAsync(run, GitRoute.PushAdvertisement, message, wait.Token, stop.Token);
        using (answer)
        {
            if (failure is not null)
            {
                await context.Response.Body.WriteAsync(PushAdvertisement.Error(failure.Cause), stop.Token);
                return;
            }

            await using var stream = await answer!.Content.ReadAsStreamAsync(wait.Token);
            try
            {
                await PushAdvertisement.PassAsync(new PktReader(stream), WriteAsync, pushes.Record.Commit, wait.Token);
            }
            catch (PktException e)
            {
                Log.NotGit(_logger, run.Key, e.Message);
                context.Abort();
            }
        }

        async Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            if (!run.Receive(bytes.Length))
            {
                throw new PktException("it is too large");
            }

            timeout.CancelAfter(options.Silence);
            await context.Response.Body.WriteAsync(bytes, wait.Token);
        }
    }

    /// <summary>Answers a push.</summary>
    public async Task PushAsync(HttpContext context, GitRun run, GitRunPushes pushes)
    {
        var request = context.Request;
        // git sends packs as they are. What is compressed could be anything, of any size.
        if (request.Headers.ContentEncoding.Count > 0 || request.ContentType != GitRoutes.BodyType(GitRoute.ReceivePack))
        {
            await GitAnswer.RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "this is not a push as git sends it");
            return;
        }

        // Kestrel's bounds (30 MB, 240 bytes per second) break honest pushes; the body has its own.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, run.Over);
        using var turn = await run.TurnAsync(stop.Token);
        using var only = await pushes.EnterAsync(stop.Token);
        await using var body = new PushBody(request.Body, options.MostPushBytes, options.Silence, options.Clock);
        var push = new Push(context, run, pushes, body);
        try
        {
            var reader = new PktReader(body);
            push.Head = await PushHead.ReadAsync(reader, stop.Token);
            if (push.Head.Commands.Count == 0)
            {
                await AnswerProbeAsync(context, reader, stop.Token);
                return;
            }

            if (!push.Head.HasReport)
            {
                throw new PktException("it asks for no report");
            }

            if (Refusal(push) is { } reasons)
            {
                await RefuseAsync(push, reasons, stop.Token);
                return;
            }

            await ForwardAsync(push, reader.Rest, stop);
        }
        catch (PktException e)
        {
            await GitAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, $"this is not a push: {e.Message}");
        }
        catch (PushTooLargeException)
        {
            await RefuseAllAsync(
                push,
                $"larger than the {options.MostPushBytes} bytes that a node takes (--git-max-push-bytes)",
                stop.Token
            );
        }
    }

    // git asks with an empty list whether it may send a large body, and a shallow client may have no command either.
    private static async Task AnswerProbeAsync(HttpContext context, PktReader reader, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(cancellationToken) is not { Kind: PktKind.End })
        {
            throw new PktException("something follows an empty list of commands");
        }

        context.Response.ContentType = GitRoutes.AnswerType(GitRoute.ReceivePack);
    }

    private static IReadOnlyList<string>? Refusal(Push push)
    {
        if (push.Pushes.Rules.Refuse(push.Head!.Commands, push.Pushes.Record.Created) is { } reasons)
        {
            return reasons;
        }

        return push.Pushes.TryCount() ? null : All(push, "too many pushes; wait a minute");
    }

    private static string[] All(Push push, string reason) => [.. push.Head!.Commands.Select(_ => reason)];

    private async Task ForwardAsync(Push push, ReadOnlyMemory<byte> begun, CancellationTokenSource stop)
    {
        var (context, run) = (push.Context, push.Run);
        await run.AdmittedAsync(stop.Token);
        var head = push.Head!.Write();
        using var timeout = new CancellationTokenSource(options.Silence, options.Clock);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, run.Over);
        using var message = new HttpRequestMessage(HttpMethod.Post, run.Remote.Target(GitRoute.ReceivePack));
        using var content = new PushContent(head, begun, push.Body, LengthOf(push, head, begun), () => run.MayGo)
        {
            Progressed = () => timeout.CancelAfter(options.Silence + options.AnswerWait),
        };
        GitHeaders.Write(message, context.Request.Headers, run.Remote, GitRoute.ReceivePack, content);
        // Once the server has the whole push, its report is read even if the agent does not wait for it.
        await using var leaves = context.RequestAborted.Register(() =>
        {
            if (!content.IsSent)
            {
                timeout.Cancel();
            }
        });
        push.Pushes.Record.Begin(push.Head.Commands);
        var (answer, failure) = await _upstream.SendAsync(run, GitRoute.ReceivePack, message, wait.Token, stop.Token);
        using (answer)
        {
            if (failure is null)
            {
                await RelayAsync(push, answer!, timeout, wait.Token);
                return;
            }
        }

        Log.Failed(_logger, run.Key, failure.Kind);
        await RefuseAllAsync(
            push,
            content.WasStopped ? LeaseOver
                : push.Body.IsTooLarge ? $"larger than the {options.MostPushBytes} bytes that a node takes (--git-max-push-bytes)"
                : answer is null && content.IsSent ? "the server did not answer, so the outcome is unknown; look with git ls-remote"
                : failure.Cause,
            stop.Token
        );
    }

    // git announces the length of what fits into its buffer, and some servers like that better than chunks.
    private static long? LengthOf(Push push, byte[] head, ReadOnlyMemory<byte> begun) =>
        push.Context.Request.ContentLength is { } length ? head.Length + begun.Length + (length - push.Body.Received) : null;

    private async Task RelayAsync(Push push, HttpResponseMessage answer, CancellationTokenSource timeout, CancellationToken wait)
    {
        var context = push.Context;
        var report = new PushReportReader(push.Head!.HasSideBand);
        GitHeaders.Copy(answer, context.Response.Headers);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        var isWhole = true;
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(wait);
            for (int read; (read = await stream.ReadAsync(buffer, wait)) > 0; )
            {
                if (!push.Run.Receive(read))
                {
                    isWhole = false;
                    break;
                }

                timeout.CancelAfter(options.Silence);
                report.Feed(buffer.AsSpan(0, read));
                await PassOnAsync(context, buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            push.Run.Note(new GitFailure(GitFailureKind.BrokeOff));
            isWhole = false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var accepted = report.Accepted(push.Head.Commands);
        if (accepted.Count > 0)
        {
            // Before git hears the end of the answer: what the agent does next is judged by this.
            push.Pushes.Record.Accept(accepted);
            Log.Pushed(_logger, push.Run.Key, accepted.Count);
        }

        if (!isWhole)
        {
            context.Abort();
        }
    }

    private static async Task PassOnAsync(HttpContext context, ReadOnlyMemory<byte> piece)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The agent does not wait for the answer; the report counts all the same.
        }
    }

    private Task RefuseAllAsync(Push push, string reason, CancellationToken cancellationToken) =>
        push.Head is null
            ? GitAnswer.RefuseAsync(push.Context, StatusCodes.Status413PayloadTooLarge, reason)
            : RefuseAsync(push, All(push, reason), cancellationToken);

    private async Task RefuseAsync(Push push, IReadOnlyList<string> reasons, CancellationToken cancellationToken)
    {
        var context = push.Context;
        if (!await push.Body.DrainAsync(options.MostDrainedBytes, cancellationToken))
        {
            context.Abort();
            return;
        }

        context.Response.ContentType = GitRoutes.AnswerType(GitRoute.ReceivePack);
        await context.Response.Body.WriteAsync(PushRefusal.Write(push.Head!, reasons), cancellationToken);
    }

    private sealed class Push(HttpContext context, GitRun run, GitRunPushes pushes, PushBody body)
    {
        public HttpContext Context => context;

        public GitRun Run => run;

        public GitRunPushes Pushes => pushes;

        public PushBody Body => body;

        public PushHead? Head { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Run} pushed {Count} branches")]
        public static partial void Pushed(ILogger logger, string run, int count);

        [LoggerMessage(LogLevel.Warning, "A push of {Run} failed: {Failure}")]
        public static partial void Failed(ILogger logger, string run, GitFailureKind failure);

        [LoggerMessage(LogLevel.Warning, "The server of {Run} offers no push as git has it: {Problem}")]
        public static partial void NotGit(ILogger logger, string run, string problem);
    }
}
