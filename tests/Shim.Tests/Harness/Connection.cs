using System.Buffers.Binary;
using System.Net.Sockets;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>One accepted connection of a shim, from the bridge's side.</summary>
internal sealed class Connection(Socket socket) : IDisposable
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>The peer's credentials from the kernel (SO_PEERCRED).</summary>
    public int PeerPid
    {
        get
        {
            Span<byte> credentials = stackalloc byte[12];
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
            return BinaryPrimitives.ReadInt32LittleEndian(credentials);
        }
    }

    public static byte[] Encode(byte type, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[4] = type;
        payload.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public Task SendGoAsync(Go go) => SendRawAsync(Encode(1, go.ToPayload()));

    public Task SendLeaseAsync(long milliseconds) => SendRawAsync(Encode(2, BitConverter.GetBytes(milliseconds)));

    public Task SendStopAsync(int graceMs) => SendRawAsync(Encode(3, BitConverter.GetBytes(graceMs)));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = Deadline.Token();
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, deadline.Token)..];
        }
    }

    /// <summary>Reads the next frame, which must be of that type.</summary>
    public async Task<Frame> ExpectAsync(FrameType type)
    {
        var frame = await ReadAsync();
        Assert.True(frame?.Type == type, $"expected {type}, got {frame?.ToString() ?? "the end"}");
        return frame!;
    }

    /// <summary>Reads the next frame; null when the shim closed the connection.</summary>
    public async Task<Frame?> ReadAsync()
    {
        var header = await ReadExactlyAsync(5);
        if (header is null)
        {
            return null;
        }

        var payload = await ReadExactlyAsync(BinaryPrimitives.ReadInt32LittleEndian(header));
        return payload is null ? null : new Frame((FrameType)header[4], payload);
    }

    public void Dispose() => socket.Dispose();

    private async Task<byte[]?> ReadExactlyAsync(int count)
    {
        using var deadline = Deadline.Token();
        var bytes = new byte[count];
        for (var done = 0; done < count; )
        {
            int n;
            try
            {
                n = await socket.ReceiveAsync(bytes.AsMemory(done), deadline.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // The shim closed the connection without reading all our bytes.
                n = 0;
            }

            if (n == 0)
            {
                return null;
            }

            done += n;
        }

        return bytes;
    }
}
