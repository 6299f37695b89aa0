namespace Stromboli.PodmanBridge.Logs;

/// <summary>Leaves out the beginning of a stream: a number of bytes, or a number of lines.</summary>
/// <param name="bytes">The bytes to leave out.</param>
/// <param name="lines">The lines to leave out.</param>
internal sealed class LogWindow(long bytes, long lines)
{
    private long _bytes = bytes;
    private long _lines = lines;

    /// <summary>What is left of the next piece of the stream.</summary>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> piece)
    {
        var skipped = (int)Math.Min(_bytes, piece.Length);
        _bytes -= skipped;
        piece = piece[skipped..];
        while (_lines > 0 && !piece.IsEmpty)
        {
            var end = piece.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                return ReadOnlyMemory<byte>.Empty;
            }

            _lines--;
            piece = piece[(end + 1)..];
        }

        return piece;
    }
}
