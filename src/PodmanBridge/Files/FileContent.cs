using System.Buffers;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Files;

/// <summary>Part of an open file. It is read as the reader takes it.</summary>
internal sealed class FileContent(FileTree tree, long offset, long count) : IStreamContent
{
    private const int Buffer = 256 * 1024;

    /// <inheritdoc/>
    public string ContentType => "application/octet-stream";

    /// <inheritdoc/>
    public async Task WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            for (var done = 0L; done < count; )
            {
                var part = buffer.AsMemory(0, (int)Math.Min(Buffer, count - done));
                var read = await tree.ReadAsync(offset + done, part, cancellationToken);
                await to.WriteAsync(part[..read], cancellationToken);
                done += read;
                if (read < part.Length)
                {
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
    public ValueTask DisposeAsync() => tree.DisposeAsync();
}
