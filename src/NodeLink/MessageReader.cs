using System.Buffers;
using System.Net.WebSockets;

namespace Stromboli.NodeLink;

/// <summary>
/// Reads whole text messages of limited size from a WebSocket into one buffer, which shrinks again after a large message.
/// </summary>
internal sealed class MessageReader : IDisposable
{
    private const int IdleBytes = 16 * 1024;

    private readonly WebSocket _socket;
    private readonly int _maxBytes;
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(IdleBytes);

    public MessageReader(WebSocket socket, int maxBytes)
    {
        _socket = socket;
        _maxBytes = maxBytes;
    }

    /// <summary>Reads the next message. The memory is valid until the next call.</summary>
    /// <exception cref="ChannelEndedException">The peer closed the channel, or sent a message that is too large or not text.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        await _receiving.WaitAsync(cancellationToken);
        try
        {
            return await ReadMessageAsync(cancellationToken);
        }
        finally
        {
            _receiving.Release();
        }
    }

    /// <summary>Discards what still arrives, until the peer has closed.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await _receiving.WaitAsync(cancellationToken);
        try
        {
            while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            }
        }
        finally
        {
            _receiving.Release();
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadMessageAsync(CancellationToken cancellationToken)
    {
        if (_buffer.Length > 4 * IdleBytes)
        {
            Resize(IdleBytes, keep: 0);
        }

        var length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                Resize(Math.Min(2 * _buffer.Length, _maxBytes + 1), length);
            }

            var result = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new ChannelEndedException(ChannelEndReason.PeerClosed, Describe());
            }

            if (result.MessageType != WebSocketMessageType.Text)
            {
                throw new ChannelEndedException(ChannelEndReason.Malformed, "The peer sent a binary message.");
            }

            length += result.Count;
            if (length > _maxBytes)
            {
                throw new ChannelEndedException(ChannelEndReason.Oversized, $"The peer sent a message of more than {_maxBytes} bytes.");
            }

            if (result.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }
        }
    }

    public void Dispose()
    {
        // The buffer is not returned to the pool: a receive that was just aborted can still write to it.
        _buffer = [];
        _receiving.Dispose();
    }

    private string Describe() =>
        _socket.CloseStatus is null or WebSocketCloseStatus.NormalClosure
            ? "The peer closed the link."
            : $"The peer closed the link with status {(int)_socket.CloseStatus}.";

    private void Resize(int size, int keep)
    {
        var next = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, keep).CopyTo(next);

        // Messages can contain secrets: a pooled array must not pass them on.
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = next;
    }
}
