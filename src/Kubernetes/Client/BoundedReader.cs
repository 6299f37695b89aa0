using System.Buffers;

namespace Stromboli.Kubernetes;

/// <summary>Reads a whole answer, up to a size.</summary>
internal static class BoundedReader
{
    private const int Step = 16 * 1024;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var expected = content.Headers.ContentLength is { } length && length <= limit ? (int)length + 1 : Step;
        var buffer = new ArrayBufferWriter<byte>(Math.Max(expected, 1));
        while (true)
        {
            var read = await stream.ReadAsync(buffer.GetMemory(buffer.FreeCapacity > 0 ? 0 : Step), cancellationToken);
            if (read == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(read);
            if (buffer.WrittenCount > limit)
            {
                throw TooLarge(limit);
            }
        }
    }

    private static ApiException TooLarge(int limit) =>
        new(null, ApiException.ResponseTooLarge, $"The API server's answer is larger than {limit} bytes.");
}
