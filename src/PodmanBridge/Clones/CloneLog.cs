using System.Buffers;
using System.Globalization;
using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// Copies git's output into the run's log, ahead of the agent's output, as lines of standard error (docs/design/shim-protocol.md). Every
/// control character is escaped, so that a repository's server cannot make git print something that looks like a separate line. The shim's
/// records of the clone's container are not copied: in the run's log they would look like the agent's.
/// </summary>
internal sealed class CloneLog : IShimLogConsumer
{
    /// <summary>The longest piece of a line before escaping. It is at most as long as conmon's own.</summary>
    private const int LongestPiece = 4096;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00'zzz";

    private readonly Stream _to;
    private readonly ArrayBufferWriter<byte> _line = new();

    private CloneLog(Stream to) => _to = to;

    /// <summary>Appends the lines of the clone's log. The engine's own writer appends too, so neither overwrites the other.</summary>
    /// <param name="from">The log of the clone's container. Its shim bounds it.</param>
    /// <param name="to">The log of the agent's container.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <exception cref="IOException">One of the logs cannot be read or written.</exception>
    public static async Task AppendAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (!File.Exists(from))
        {
            return;
        }
        // Each line is one write.
        await using var log = new FileStream(to, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        await ShimLog.ReadAsync(from, new CloneLog(log), cancellationToken);
    }

    /// <inheritdoc/>
    public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        // All of git's output goes to its standard error.
    }

    /// <inheritdoc/>
    public void Stderr(ReadOnlySpan<byte> piece, bool endOfLine, DateTimeOffset at)
    {
        while (piece.Length > LongestPiece)
        {
            Write(piece[..LongestPiece], 'E', at);
            piece = piece[LongestPiece..];
        }

        Write(piece, endOfLine ? 'e' : 'E', at);
    }

    /// <inheritdoc/>
    public void Record(ShimRecord record, DateTimeOffset at)
    {
        // The records belong to the clone, not to the agent.
    }

    /// <inheritdoc/>
    public void BadRecord()
    {
        // Skipped, like the other records.
    }

    private void Write(ReadOnlySpan<byte> piece, char kind, DateTimeOffset at)
    {
        _line.ResetWrittenCount();
        _line.Write(Encoding.ASCII.GetBytes($"{at.ToString(TimeFormat, CultureInfo.InvariantCulture)} stdout F {kind}"));
        foreach (var value in piece)
        {
            if (value is < 0x20 and not (byte)'\t' or 0x7f)
            {
                _line.Write(Encoding.ASCII.GetBytes($"\\x{value:x2}"));
            }
            else
            {
                _line.Write([value]);
            }
        }

        _line.Write("\n"u8);
        _to.Write(_line.WrittenSpan);
    }
}
