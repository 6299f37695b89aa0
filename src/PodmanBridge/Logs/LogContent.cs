using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>The log of an attempt as one reader wants it.</summary>
/// <param name="source">What the reader wants.</param>
/// <param name="isClaude">Whether the agent is the Claude Code CLI.</param>
/// <param name="reading">The log.</param>
/// <param name="now">The node's wall clock when the reader came.</param>
internal sealed class LogContent(LogSource source, bool isClaude, LogReading reading, DateTimeOffset now) : IStreamContent
{
    /// <inheritdoc/>
    public string ContentType => source.Format == LogFormat.Json ? "application/x-ndjson" : "text/plain; charset=utf-8";

    private DateTimeOffset? Since => source.SinceSeconds is { } seconds ? now - TimeSpan.FromSeconds(seconds) : null;

    /// <inheritdoc/>
    public async Task WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        var skipped = source.TailLines is { } lines ? Math.Max(0, await CountLinesAsync(cancellationToken) - lines) : 0;
        var window = new LogWindow(source.Offset ?? 0, skipped);
        using var renderer = CreateRenderer();
        await reading.RunAsync(
            renderer,
            source.Follow,
            async (piece, stopping) =>
            {
                if (window.Take(piece) is { IsEmpty: false } wanted)
                {
                    await to.WriteAsync(wanted, stopping);
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Reading twice takes less memory than keeping the last lines, of which a reader may want any number.
    private async Task<long> CountLinesAsync(CancellationToken cancellationToken)
    {
        var lines = 0L;
        var isOpen = false;
        using var renderer = CreateRenderer();
        await reading.RunAsync(
            renderer,
            follow: false,
            (piece, _) =>
            {
                lines += piece.Span.Count((byte)'\n');
                isOpen = piece.Span[^1] != (byte)'\n';
                return ValueTask.CompletedTask;
            },
            cancellationToken
        );
        return isOpen ? lines + 1 : lines;
    }

    private LogRenderer CreateRenderer() =>
        source.Format == LogFormat.Json ? new JsonLogRenderer(Since) : new TextLogRenderer(isClaude, Since);
}
