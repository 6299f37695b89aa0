using System.Buffers;
using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Model;

/// <summary>
/// Relays an answer to the agent as it arrives. Each piece is read for the ledger and then passed on at once. When the agent hangs up, the
/// rest is still read for a while because of its usage.
/// </summary>
internal sealed class AnswerRelay(
    HttpContext context,
    ModelUpstream upstream,
    ModelCall? call,
    UpstreamTimeouts timeouts,
    ModelGatewayOptions options
)
{
    private const int PieceSize = 16 * 1024;

    private readonly SecretMask _mask = new(upstream.Credential);
    private bool _agentGone;

    /// <summary>Relays head and body. An answer that breaks off breaks off for the agent too.</summary>
    public async Task RelayAsync(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (status is < 200 or (>= 300 and < 400) || answer.Content.Headers.ContentEncoding.Count > 0)
        {
            call?.Answered(ModelFailure.Unreachable);
            await ApiError.WriteAsync(context, StatusCodes.Status502BadGateway, "the model's origin did not answer like the Messages API");
            return;
        }

        context.Response.StatusCode = status;
        ResponseHeaders.Copy(answer, context.Response.Headers, upstream.Credential);
        if (status >= 400)
        {
            call?.NothingUsed();
        }

        var reader = new AnswerReader(answer.Content.Headers.ContentType?.MediaType == "text/event-stream");
        try
        {
            await PassAsync(answer, reader);
            if (reader.Finish())
            {
                call?.Note(reader.Facts);
            }

            if (!reader.Facts.Complete)
            {
                call?.Answered(ModelFailure.Of(status, reader.Facts.ErrorType) ?? (status < 400 ? ModelFailure.Unreachable : null));
            }

            await WriteAsync(_mask.Rest());
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // If neither the agent nor the bridge gave up, the upstream did.
            if (!reader.Facts.Complete && (timeouts.RanOut || !timeouts.Token.IsCancellationRequested))
            {
                call?.Answered(ModelFailure.Of(status, reader.Facts.ErrorType) ?? ModelFailure.Unreachable);
            }

            context.Abort();
        }
    }

    private async Task PassAsync(HttpResponseMessage answer, AnswerReader reader)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(timeouts.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            for (int read; (read = await stream.ReadAsync(buffer, timeouts.Token)) > 0; )
            {
                timeouts.Renew();
                GatewayMetrics.Received(GatewayMetrics.Model, read);
                if (reader.Read(buffer.AsSpan(0, read)))
                {
                    call?.Note(reader.Facts);
                }

                await WriteAsync(_mask.Next(buffer.AsSpan(0, read)));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> piece)
    {
        _agentGone |= context.RequestAborted.IsCancellationRequested;
        if (_agentGone || piece.IsEmpty)
        {
            return;
        }

        using var slow = new CancellationTokenSource(options.Silence, options.Clock);
        using var give = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, context.RequestAborted);
        try
        {
            await context.Response.Body.WriteAsync(piece, give.Token);
            await context.Response.Body.FlushAsync(give.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            _agentGone = true;
            context.Abort();
        }
    }
}
