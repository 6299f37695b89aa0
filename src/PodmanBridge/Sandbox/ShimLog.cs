using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>
/// Reads what conmon keeps of a container (driver k8s-file): <c>TIME STREAM P|F CONTENT</c> a line, in which the content of the shim's standard
/// output is <c>o O e E r</c> lines (docs/design/shim-protocol.md). conmon cuts a long line into <c>P</c> pieces that a last <c>F</c> ends.
/// </summary>
internal sealed class ShimLog : IDisposable
{
    /// <summary>The longest line that conmon writes is some ten thousand bytes: it cuts the shim's at the size of its buffer, 8192.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly IShimLogConsumer _consumer;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly ArrayBufferWriter<byte> _record = new();
    private DateTimeOffset _time;
    private byte _kind;
    private bool _inLine;
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

    /// <summary>Reads on from where it stopped to the present end; a last line that is still being written is left for the next time.</summary>
    /// <exception cref="IOException">The file cannot be read, or is none that conmon wrote.</exception>
    public async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        while (await _file.ReadAsync(_buffer.AsMemory(_held), cancellationToken) is var read and > 0)
        {
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
                throw new IOException($"The log {_file.Name} has a line of more than {LongestLine} bytes.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Line(ReadOnlySpan<byte> line)
    {
        var content = Content(line, out var time, out var stream, out var whole);
        if (stream != 'o')
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
            _time = default;
            if (_kind == (byte)'r')
            {
                _ = DateTimeOffset.TryParse(Encoding.ASCII.GetString(time), CultureInfo.InvariantCulture, DateTimeStyles.None, out _time);
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
            case (byte)'r':
                _record.Write(content);
                if (whole)
                {
                    _consumer.Record(JsonSerializer.Deserialize(_record.WrittenSpan, ShimJson.Default.ShimRecord)!, _time);
                    _record.ResetWrittenCount();
                }

                break;
        }
    }

    // "2026-11-21T00:00:00.000000000+00:00 stdout F content".
    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> time, out char stream, out bool whole)
    {
        var end = line.IndexOf((byte)' ');
        time = line[..Math.Max(0, end)];
        if (end < 0 || line.Length < end + 10)
        {
            stream = '?';
            whole = true;
            return default;
        }

        var rest = line[(end + 1)..];
        stream = rest.StartsWith("stdout "u8) ? 'o' : 'e';
        whole = rest[7] == 'F';
        return rest[9..];
    }
}
