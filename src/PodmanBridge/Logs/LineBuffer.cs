using System.Buffers;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Collects a line that may be a JSON object, up to <see cref="LongestObject"/>. Any other line is passed on piece by piece, at once. What
/// is passed on depends on the bytes only, not on how they are cut into pieces.
/// </summary>
internal sealed class LineBuffer(ILineReader reader) : IDisposable
{
    /// <summary>The longest line that is taken for an object, in bytes.</summary>
    public const int LongestObject = 1024 * 1024;

    private const int SmallBuffer = 16 * 1024;

    private byte[]? _buffer;
    private int _length;
    private bool _passing;

    /// <summary>Whether a line has begun and has not ended.</summary>
    public bool InLine => _passing || _length > 0;

    /// <summary>Takes a piece of a line.</summary>
    public void Append(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (_passing)
        {
            Pass(piece, endOfLine);
            return;
        }

        // The first character that is not white space decides.
        if (_length == 0 && !MayBeginObject(piece))
        {
            Pass(piece, endOfLine);
            return;
        }

        if (_length + piece.Length > LongestObject)
        {
            PassHeld(endOfLine: false);
            Pass(piece, endOfLine);
            return;
        }

        Hold(piece);
        if (endOfLine)
        {
            var line = _buffer.AsMemory(0, _length);
            if (!reader.TryObject(line))
            {
                reader.Piece(line.Span, endOfLine: true);
            }

            Clear();
        }
    }

    /// <summary>The line that has begun gets no end: the log ends here, or lost what follows.</summary>
    public void Cut()
    {
        if (!InLine)
        {
            return;
        }

        if (_passing)
        {
            Pass([], endOfLine: true);
        }
        else
        {
            PassHeld(endOfLine: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private static bool MayBeginObject(ReadOnlySpan<byte> piece) =>
        piece.TrimStart(" \t\r"u8) is var rest && (rest.IsEmpty || rest[0] == (byte)'{');

    private void Pass(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        reader.Piece(piece, endOfLine);
        _passing = !endOfLine;
    }

    private void PassHeld(bool endOfLine)
    {
        Pass(_buffer.AsSpan(0, _length), endOfLine);
        Clear();
    }

    private void Hold(ReadOnlySpan<byte> piece)
    {
        if (_buffer is null || _buffer.Length < _length + piece.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallBuffer, Math.Min(LongestObject, 2 * (_length + piece.Length))));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            Return();
            _buffer = larger;
        }

        piece.CopyTo(_buffer.AsSpan(_length));
        _length += piece.Length;
    }

    private void Clear()
    {
        _length = 0;
        if (_buffer is { Length: > SmallBuffer })
        {
            Return();
        }
    }

    private void Return()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }
}

/// <summary>Receives the lines of a <see cref="LineBuffer"/>.</summary>
internal interface ILineReader
{
    /// <summary>A whole line that may be a JSON object.</summary>
    /// <returns>False if it is none; then the line is passed on as a piece.</returns>
    bool TryObject(ReadOnlyMemory<byte> line);

    /// <summary>A piece of a line that is no JSON object. The line ends with it or continues in the next piece.</summary>
    void Piece(ReadOnlySpan<byte> piece, bool endOfLine);
}
