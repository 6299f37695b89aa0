using System.Buffers;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>
/// Reads the complete lines of a part of a transcript. It keeps one line at most, and of a line that is too long only its length.
/// </summary>
/// <param name="readAsync">Reads from an offset of the file, and returns less than was asked for only at its end.</param>
/// <param name="start">Where a line begins.</param>
/// <param name="end">The length of the file. What is written later is not read.</param>
internal sealed class TranscriptLines(Func<long, Memory<byte>, CancellationToken, Task<int>> readAsync, long start, long end) : IDisposable
{
    /// <summary>The longest line that is read. Images in messages are some megabytes.</summary>
    public const int LongestLine = 8 * 1024 * 1024;

    private const int FirstBuffer = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _from;
    private int _to;
    private long _read = start;

    /// <summary>Where the line begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the next line begins.</summary>
    public long Next { get; private set; } = start;

    /// <summary>The length of the line, without its newline.</summary>
    public long Length => Next - Offset - 1;

    /// <summary>The line; empty if it is longer than <see cref="LongestLine"/>. It is valid until the next move.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Whether the line is longer than <see cref="LongestLine"/>.</summary>
    public bool IsTooLong => Length > LongestLine;

    /// <summary>Goes to the next line.</summary>
    /// <returns>Whether there is one that is complete.</returns>
    public async ValueTask<bool> MoveAsync(CancellationToken cancellationToken)
    {
        Offset = Next;
        Line = default;
        for (var searched = 0; ; )
        {
            if (_buffer.AsSpan(_from + searched, _to - _from - searched).IndexOf((byte)'\n') is var found and >= 0)
            {
                var line = _buffer.AsMemory(_from, searched + found);
                _from += line.Length + 1;
                Next = _read - (_to - _from);
                Line = IsTooLong ? default : line;
                return true;
            }

            searched = _to - _from;
            if (searched > LongestLine)
            {
                // Its end is looked for, and nothing of it is kept.
                _from = _to = searched = 0;
            }

            if (!await FillAsync(cancellationToken))
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_to == _buffer.Length)
        {
            MakeRoom();
        }

        var part = _buffer.AsMemory(_to, (int)Math.Min(_buffer.Length - _to, end - _read));
        if (part.IsEmpty)
        {
            return false;
        }

        var read = await readAsync(_read, part, cancellationToken);
        _to += read;
        _read += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        var kept = _buffer.AsSpan(_from, _to - _from);
        if (_from > _buffer.Length / 2)
        {
            kept.CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            kept.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        (_from, _to) = (0, kept.Length);
    }
}
