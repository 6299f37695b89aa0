using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Writes a log as one JSON object a line (docs/design/logs.md). A line of the agent's standard output that is a JSON object itself is
/// <c>message</c>, any other line <c>text</c>. Characters that a terminal would obey are escaped.
/// </summary>
internal sealed class JsonLogRenderer : LogRenderer
{
    private const int LongestTime = 64;

    private static readonly SearchValues<byte> TimeBytes = SearchValues.Create("0123456789-:.TZ+"u8);

    private readonly Line _stdout;
    private readonly Line _stderr;
    private readonly Line _hooks;
    private readonly LineBuffer _objects;
    private readonly JsonObjects _validator = new();
    private readonly byte[] _time = new byte[LongestTime];
    private int _timeLength;

    /// <summary>Creates a renderer.</summary>
    public JsonLogRenderer(DateTimeOffset? since = null)
        : base(since)
    {
        _stdout = new Line(this, "stdout");
        _stderr = new Line(this, "stderr");
        _hooks = new Line(this, "hooks");
        _objects = new LineBuffer(_stdout);
    }

    private ReadOnlySpan<byte> Now => _time.AsSpan(0, _timeLength);

    /// <inheritdoc/>
    public override void Finish() => CutAll();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _objects.Dispose();
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<byte> time)
    {
        _timeLength = 0;
        if (time.Length > LongestTime || time.ContainsAnyExcept(TimeBytes))
        {
            return;
        }

        time.CopyTo(_time);
        _timeLength = time.Length;
        if (time.EndsWith("+00:00"u8))
        {
            _timeLength -= 5;
            _time[_timeLength - 1] = (byte)'Z';
        }
    }

    /// <inheritdoc/>
    protected override void Append(LogStream stream, ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (stream == LogStream.Stdout)
        {
            _stdout.Begin(_objects.InLine);
            _objects.Append(piece, endOfLine);
            return;
        }

        var line = stream == LogStream.Stderr ? _stderr : _hooks;
        line.Begin(inLine: false);
        line.Piece(piece, endOfLine);
    }

    /// <inheritdoc/>
    protected override void Cut(LogStream stream)
    {
        switch (stream)
        {
            case LogStream.Stdout:
                _objects.Cut();
                break;
            case LogStream.Stderr:
                _stderr.Cut();
                break;
            default:
                _hooks.Cut();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Record(ShimRecord record)
    {
        Open(Now, "stromboli");
        Write(",\"event\":{\"type\":"u8);
        Quoted(Encoding.UTF8.GetBytes(record.T));
        Member("hook"u8, record.T is "hookStarted" or "hookEnded" ? record.Name : record.Hook);
        Member("milliseconds"u8, record.T == "hookEnded" ? record.Ms : null);
        Member("exitCode"u8, record.Code);
        Member("signal"u8, record.SignalName);
        Member("by"u8, record.By);
        Member("stream"u8, record.Stream);
        Member("omittedBytes"u8, record.T == "truncated" ? record.Omitted : null);
        Member("stdoutBytes"u8, record.T == "exited" && record.StdoutSha256 is not null ? record.StdoutBytes : null);
        Member("stderrBytes"u8, record.T == "exited" && record.StdoutSha256 is not null ? record.StderrBytes : null);
        Member("step"u8, record.Step);
        Member("message"u8, record.Message);
        Write("}}\n"u8);
    }

    private void Member(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            Quoted(Encoding.UTF8.GetBytes(value));
        }
    }

    private void Member(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            Name(name);
            Span<byte> digits = stackalloc byte[24];
            Utf8Formatter.TryFormat(number, digits, out var length);
            Write(digits[..length]);
        }
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        Write(",\""u8);
        Write(name);
        Write("\":"u8);
    }

    private void Open(ReadOnlySpan<byte> time, string stream)
    {
        Write("{"u8);
        if (!time.IsEmpty)
        {
            Write("\"time\":\""u8);
            Write(time);
            Write("\","u8);
        }

        Write("\"stream\":\""u8);
        Write(Encoding.ASCII.GetBytes(stream));
        Write("\""u8);
    }

    private void Quoted(ReadOnlySpan<byte> utf8)
    {
        Write("\""u8);
        JsonEscapes.Write(utf8, Output, inString: true);
        Write("\""u8);
    }

    private void Write(ReadOnlySpan<byte> bytes) => Output.Write(bytes);

    /// <summary>The lines of one stream. A long one is written in pieces.</summary>
    private sealed class Line(JsonLogRenderer renderer, string stream) : ILineReader
    {
        private const int LongestText = 16 * 1024;

        private readonly ArrayBufferWriter<byte> _text = new();
        private readonly byte[] _time = new byte[LongestTime];
        private int _timeLength;
        private bool _inLine;

        /// <summary>A piece comes. Unless it continues a line, the line has the time of the piece.</summary>
        public void Begin(bool inLine)
        {
            if (!inLine && !_inLine)
            {
                renderer.Now.CopyTo(_time);
                _timeLength = renderer._timeLength;
            }
        }

        public bool TryObject(ReadOnlyMemory<byte> line)
        {
            if (!renderer._validator.IsObject(line.Span))
            {
                return false;
            }

            renderer.Open(_time.AsSpan(0, _timeLength), stream);
            renderer.Write(",\"message\":"u8);
            JsonEscapes.Write(line.Span.Trim(" \t\r"u8), renderer.Output, inString: false);
            renderer.Write("}\n"u8);
            return true;
        }

        public void Piece(ReadOnlySpan<byte> piece, bool endOfLine)
        {
            _inLine = true;
            while (_text.WrittenCount + piece.Length > LongestText)
            {
                var room = LongestText - _text.WrittenCount;
                _text.Write(piece[..room]);
                piece = piece[room..];
                Flush(partial: true);
            }

            _text.Write(piece);
            if (endOfLine)
            {
                Flush(partial: false);
                _inLine = false;
            }
        }

        public void Cut()
        {
            if (_inLine)
            {
                Piece([], endOfLine: true);
            }
        }

        // A piece does not cut a character in two.
        private void Flush(bool partial)
        {
            var text = _text.WrittenSpan;
            var whole = partial ? text.Length - CutLength(text) : text.Length;
            renderer.Open(_time.AsSpan(0, _timeLength), stream);
            renderer.Write(",\"text\":"u8);
            renderer.Quoted(text[..whole]);
            renderer.Write(partial ? ",\"partial\":true}\n"u8 : "}\n"u8);
            Span<byte> rest = stackalloc byte[4];
            var length = text.Length - whole;
            text[whole..].CopyTo(rest);
            _text.ResetWrittenCount();
            _text.Write(rest[..length]);
        }

        private static int CutLength(ReadOnlySpan<byte> text)
        {
            for (var length = 1; length <= Math.Min(3, text.Length); length++)
            {
                if ((text[^length] & 0xC0) != 0x80)
                {
                    return Rune.DecodeFromUtf8(text[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
                }
            }

            return 0;
        }
    }
}
