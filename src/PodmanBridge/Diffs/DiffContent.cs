using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>A diff that is made. It is in a file that goes with this object.</summary>
/// <param name="compressed">The diff, as gzip.</param>
/// <param name="most">The most bytes that are sent. A diff with more is cut, and a line says so.</param>
internal sealed class DiffContent(Stream compressed, int most = DiffCommand.MostBytes) : IStreamContent
{
    private const int Buffer = 64 * 1024;

    /// <inheritdoc/>
    public string ContentType => "text/x-diff";

    /// <inheritdoc/>
    public async Task WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        await using var diff = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            var (left, last) = (most, (byte)'\n');
            while (await diff.ReadAsync(buffer.AsMemory(0, Buffer), cancellationToken) is var read and > 0)
            {
                var part = Math.Min(read, left);
                if (part > 0)
                {
                    await to.WriteAsync(buffer.AsMemory(0, part), cancellationToken);
                    last = buffer[part - 1];
                }

                left -= part;
                if (part < read)
                {
                    await to.WriteAsync(Mark(last), cancellationToken);
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => compressed.DisposeAsync();

    private byte[] Mark(byte last) =>
        Encoding.ASCII.GetBytes(
            (last == '\n' ? "" : "\n")
                + string.Create(CultureInfo.InvariantCulture, $"# Stromboli: the diff goes on, and is cut here after {most} bytes.\n")
        );
}
