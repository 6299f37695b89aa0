using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Reads conmon's log of a container (driver k8s-file). Each line is <c>TIME STREAM P|F CONTENT</c>. The content of the shim's standard
/// output consists of <c>o O e E h H r</c> lines (docs/design/shim-protocol.md). conmon cuts a long line into <c>P</c> pieces; a final
/// <c>F</c> piece ends it. This class is the only reader of such logs. Only a newline ends a line, and anything that does not have this
/// form is skipped.
/// </summary>
internal sealed class ShimLog : IDisposable
{
    /// <summary>
    /// The longest line that conmon writes has some ten thousand bytes: conmon cuts the shim's lines at the size of its buffer, 8192.
    /// </summary>
    private const int LongestLine = 64 * 1024;

    /// <summary>The longest record, that of a start after many hooks, has a few thousand bytes.</summary>
    private const int LongestRecord = 256 * 1024;

    private readonly IShimLogConsumer _consumer;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly ArrayBufferWriter<byte> _record = new();
    private DateTimeOffset _clock;
    private byte _kind;
    private bool _inLine;
    private bool _tooLong;
    private int _held;

    /// <summary>Opens a log at its beginning.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public ShimLog(string path, IShimLogConsumer consumer)
    {
        _consumer = consumer;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, useAsync: true);
    }

    /// <summary>Reads a log from its beginning to its present end.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task ReadAsync(string path, IShimLogConsumer consumer, CancellationToken cancellationToken)
    {
        using var log = new ShimLog(path, consumer);
        await log.ReadOnAsync(cancellationToken);
    }

    /// <summary>
    /// Continues from the last position to the present end. A last line that is still being written is left for the next time.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        while (await ReadSomeAsync(cancellationToken))
        {
            // Up to the present end.
        }
    }

    /// <summary>Continues from the last position by one buffer at most, so that the consumer can pass on what it has.</summary>
    /// <returns>False at the present end.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<bool> ReadSomeAsync(CancellationToken cancellationToken)
    {
        var read = await _file.ReadAsync(_buffer.AsMemory(_held), cancellationToken);
        if (read == 0)
        {
            return false;
        }

        var all = _held + read;
        var done = 0;
        while (_buffer.AsSpan(done..all).IndexOf((byte)'\n') is var length and >= 0)
        {
            Line(_buffer.AsSpan(done, length));
            done += length + 1;
        }

        _held = all - done;
        _buffer.AsSpan(done, _held).CopyTo(_buffer);
        if (_held == _buffer.Length)
        {
            // conmon does not write lines of this length. The rest of the line is skipped too.
            _tooLong = true;
            _held = 0;
        }

        return true;
    }

    /// <summary>The identity of the file that is being read.</summary>
    /// <exception cref="IOException">The file cannot be examined.</exception>
    public FileIdentity Identity => FileStatus.Of(_file.SafeFileHandle).Identity;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Line(ReadOnlySpan<byte> line)
    {
        if (_tooLong)
        {
            _tooLong = false;
            _consumer.BadRecord();
            return;
        }

        if (!TryContent(line, out var time, out var whole, out var content))
        {
            return;
        }

        if (!_inLine)
        {
            if (content.IsEmpty)
            {
                return;
            }

            _kind = content[0];
            _clock = default;
            _consumer.Time(time);
            if (_kind is (byte)'r' or (byte)'e' or (byte)'E')
            {
                _ = DateTimeOffset.TryParse(Encoding.ASCII.GetString(time), CultureInfo.InvariantCulture, DateTimeStyles.None, out _clock);
            }
            content = content[1..];
        }

        _inLine = !whole;
        Dispatch(content, whole);
    }

    private void Dispatch(ReadOnlySpan<byte> content, bool whole)
    {
        switch (_kind)
        {
            case (byte)'o':
                _consumer.Stdout(content, whole);
                break;
            case (byte)'O':
                _consumer.Stdout(content, endOfLine: false);
                break;
            case (byte)'e':
                _consumer.Stderr(content, whole, _clock);
                break;
            case (byte)'E':
                _consumer.Stderr(content, endOfLine: false, _clock);
                break;
            case (byte)'h':
                _consumer.Hook(content, whole);
                break;
            case (byte)'H':
                _consumer.Hook(content, endOfLine: false);
                break;
            case (byte)'r':
                Record(content, whole);
                break;
        }
    }

    private void Record(ReadOnlySpan<byte> content, bool whole)
    {
        // A record that is too long is kept only until its length shows that.
        if (_record.WrittenCount <= LongestRecord)
        {
            _record.Write(content);
        }

        if (!whole)
        {
            return;
        }

        if (Parse() is { } record)
        {
            _consumer.Record(record, _clock);
        }
        else
        {
            _consumer.BadRecord();
        }

        _record.ResetWrittenCount();
    }

    private ShimRecord? Parse()
    {
        try
        {
            return _record.WrittenCount > LongestRecord
                ? null
                : JsonSerializer.Deserialize(_record.WrittenSpan, ShimJson.Default.ShimRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // "2026-11-21T00:00:00.000000000+00:00 stdout F content", for standard output only.
    private static bool TryContent(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> time, out bool whole, out ReadOnlySpan<byte> content)
    {
        time = content = [];
        whole = false;
        var end = line.IndexOf((byte)' ');
        if (end < 0)
        {
            return false;
        }

        var rest = line[(end + 1)..];
        if (!rest.StartsWith("stdout F "u8) && !rest.StartsWith("stdout P "u8))
        {
            return false;
        }

        time = line[..end];
        whole = rest[7] == 'F';
        content = rest[9..];
        return true;
    }
}
