using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>
/// Reads what conmon keeps of a container (driver k8s-file): <c>TIME STREAM P|F CONTENT</c> a line, in which the content of the shim's standard
/// output is <c>o O e E r</c> lines (docs/design/shim-protocol.md). conmon cuts a long line into <c>P</c> pieces that a last <c>F</c> ends.
/// </summary>
internal sealed class ShimLog
{
    private readonly IShimLogConsumer _consumer;
    private readonly ArrayBufferWriter<byte> _record = new();
    private DateTimeOffset _time;
    private byte _kind;
    private bool _inLine;

    private ShimLog(IShimLogConsumer consumer) => _consumer = consumer;

    /// <summary>Reads a log from its beginning to its present end; a last line that is still being written is left out.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task ReadAsync(string path, IShimLogConsumer consumer, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, useAsync: true);
        var log = new ShimLog(consumer);
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (TryLine(ref buffer, out var line))
            {
                log.Line(line.IsSingleSegment ? line.FirstSpan : line.ToArray());
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await pipe.CompleteAsync();
    }

    private static bool TryLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

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
