using System.Buffers;
using System.Globalization;
using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// Puts what git said into the run's log, as lines of its standard error (docs/design/shim-protocol.md), ahead of the agent's. Each line is
/// written with every control character escaped, so that a repository's server cannot have git print something that looks like a line of
/// its own. The shim's records of the clone's container stay out: in the run's log they would be the agent's.
/// </summary>
internal sealed class CloneLog : IShimLogConsumer
{
    /// <summary>A piece of a line, before its escapes: as long as conmon's own, or shorter.</summary>
    private const int LongestPiece = 4096;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00'zzz";

    private readonly Stream _to;
    private readonly ArrayBufferWriter<byte> _line = new();

    private CloneLog(Stream to) => _to = to;

    /// <summary>Appends the lines of the clone's log. The engine's own writer appends too, so that neither overwrites the other.</summary>
    /// <param name="from">The log of the clone's container, which is bounded by its shim.</param>
    /// <param name="to">The log of the agent's container.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">One of them cannot be used.</exception>
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
        // All that git says goes to its standard error.
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
        // They are the clone's, not the agent's.
    }

    /// <inheritdoc/>
    public void BadRecord()
    {
        // Left out, as the others are.
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
