using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Writes a log for a person (docs/design/logs.md): of a command its output, of Claude Code what it says and does, and notices of what
/// happened beside. Nothing in it makes a terminal do anything.
/// </summary>
internal sealed class TextLogRenderer : LogRenderer, ILineReader
{
    private readonly TextSink _sink;
    private readonly ClaudeNarrator? _claude;
    private readonly LineBuffer _lines;
    private LogStream _last;

    /// <summary>Creates a renderer.</summary>
    /// <param name="isClaude">Whether the agent is the Claude Code CLI, whose standard output is <c>stream-json</c>.</param>
    /// <param name="since">Leaves out what was written before; null for nothing.</param>
    public TextLogRenderer(bool isClaude, DateTimeOffset? since = null)
        : base(since)
    {
        _sink = new TextSink(Output);
        _claude = isClaude ? new ClaudeNarrator(_sink) : null;
        _lines = new LineBuffer(this);
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        CutAll();
        _sink.Finish();
    }

    /// <inheritdoc/>
    public bool TryObject(ReadOnlyMemory<byte> line) => _claude!.TryTell(line);

    /// <inheritdoc/>
    public void Piece(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        _sink.Text(piece);
        if (endOfLine)
        {
            _sink.Text("\n"u8);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _lines.Dispose();
        _claude?.Dispose();
    }

    /// <inheritdoc/>
    protected override void Append(LogStream stream, ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (_claude is not null && stream == LogStream.Stdout)
        {
            _last = stream;
            _lines.Append(piece, endOfLine);
            return;
        }

        if (stream != _last)
        {
            _sink.EndLine();
            _last = stream;
        }

        Piece(piece, endOfLine);
    }

    /// <inheritdoc/>
    protected override void Cut(LogStream stream)
    {
        if (stream == LogStream.Stdout && _lines.InLine)
        {
            _lines.Cut();
        }
    }

    /// <inheritdoc/>
    protected override void Record(ShimRecord record)
    {
        switch (record.T)
        {
            case "hookStarted":
                Notice("hook ", record.Name);
                _sink.Words(" started");
                _sink.EndLine();
                break;
            case "hookEnded":
                Notice("hook ", record.Name);
                _sink.Words(record is { Code: 0, By: null or "agent" } ? " succeeded in " : " failed with ");
                if (record is not { Code: 0, By: null or "agent" })
                {
                    _sink.Words($"{Ending(record)} after ");
                }

                _sink.Words(LogWords.Time(record.Ms));
                _sink.EndLine();
                break;
            case "truncated":
                _sink.BeginNotice();
                _sink.Words($"{LogWords.Bytes(record.Omitted)} of {record.Stream} are missing here: the log is full");
                _sink.EndLine();
                break;
            case "failed":
                Notice("the agent could not be started: ", record.Message);
                _sink.EndLine();
                break;
            case "exited" when record is { Hook: null } and not { Code: 0, By: null or "agent" }:
                _sink.BeginNotice();
                _sink.Words($"the agent ended with {Ending(record)}");
                _sink.EndLine();
                break;
        }
    }

    private void Notice(string words, string? name)
    {
        _sink.BeginNotice();
        _sink.Words(words);
        _sink.Inline(Encoding.UTF8.GetBytes(name ?? ""), most: 200);
    }

    private static string Ending(ShimRecord record)
    {
        var how = record.SignalName is { } signal ? $"signal {signal}" : $"exit code {record.Code}";
        return record.By switch
        {
            "stop" => $"{how}, because it was stopped",
            "lease" => $"{how}, because the node lost its operator",
            "hooks" => $"{how}, because the time of the hooks was over",
            _ => how,
        };
    }
}
