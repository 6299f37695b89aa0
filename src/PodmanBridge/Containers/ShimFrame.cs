using System.Buffers.Binary;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The framing of messages between bridge and shim: four bytes for the payload's length in bytes, one byte for the type, the payload.
/// Numbers are little-endian (docs/design/shim-protocol.md).
/// </summary>
internal static class ShimFrame
{
    private const int HeadBytes = 5;
    private const int MaxPayload = 4 * 1024 * 1024;

    /// <summary>Lets the agent go.</summary>
    public static byte[] Go(ShimGo go) => Of(ShimFrameType.Go, go.Encode().Span);

    /// <summary>Reports how much of the lease is left: milliseconds, eight bytes.</summary>
    public static byte[] Lease(TimeSpan left)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, (long)left.TotalMilliseconds);
        return Of(ShimFrameType.Lease, payload);
    }

    /// <summary>Stops the agent, and kills it after a grace: milliseconds, four bytes.</summary>
    public static byte[] Stop(TimeSpan grace)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)grace.TotalMilliseconds);
        return Of(ShimFrameType.Stop, payload);
    }

    /// <summary>Reads the next report; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The frame claims to be larger than any frame is.</exception>
    /// <exception cref="IOException">The stream ended within a frame.</exception>
    public static async Task<(ShimReportType Type, byte[] Payload)?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) < head.Length)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MaxPayload)
        {
            throw new InvalidDataException($"The shim announced a frame of {length} bytes.");
        }

        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return ((ShimReportType)head[4], payload);
    }

    private static byte[] Of(ShimFrameType type, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadBytes + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[4] = (byte)type;
        payload.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }
}
