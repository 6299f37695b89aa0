using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Stromboli.NodeLink;

/// <summary>
/// A channel of JSON messages over a WebSocket, one message per text message. The size and nesting of messages are limited in both
/// directions, and so are the messages that wait to be sent. One loop writes. One caller at a time can receive; any number can send.
/// </summary>
/// <typeparam name="TOut">The messages that this end sends.</typeparam>
/// <typeparam name="TIn">The messages that this end receives.</typeparam>
public sealed class MessageChannel<TOut, TIn> : IAsyncDisposable
    where TOut : class
    where TIn : class
{
    private readonly WebSocket _socket;
    private readonly JsonTypeInfo<TOut> _outJson;
    private readonly JsonTypeInfo<TIn> _inJson;
    private readonly ChannelLimits _limits;
    private readonly TimeProvider _clock;
    private readonly IDisposable? _owned;
    private readonly MessageReader _reader;
    private readonly Channel<QueuedMessage> _queue = Channel.CreateUnbounded<QueuedMessage>(new() { SingleReader = true });
    private readonly TaskCompletionSource<ChannelEndedException> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writer;
    private ChannelEndedException? _ended;
    private long _queuedBytes;
    private int _queuedMessages;
    private int _disposed;

    internal MessageChannel(
        WebSocket socket,
        JsonTypeInfo<TOut> outJson,
        JsonTypeInfo<TIn> inJson,
        ChannelLimits limits,
        TimeProvider clock,
        IDisposable? owned = null
    )
    {
        _socket = socket;
        _outJson = outJson;
        _inJson = inJson;
        _limits = limits;
        _clock = clock;
        _owned = owned;
        _reader = new MessageReader(socket, limits.MaxMessageBytes);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Completes with the reason when the channel has ended. Never fails.</summary>
    public Task<ChannelEndedException> Ended => _end.Task;

    /// <summary>
    /// Queues a message. Never blocks. If more messages would wait than <see cref="ChannelLimits"/> allows, the channel ends with
    /// <see cref="ChannelEndReason.QueueFull"/>.
    /// </summary>
    /// <returns>False if the channel has ended, also if this call ended it.</returns>
    /// <exception cref="UnsendableMessageException">The message is larger or deeper than the protocol allows.</exception>
    public bool TrySend(TOut message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var queued = new QueuedMessage(Serialize(message), Written: null);
        if (
            Volatile.Read(ref _queuedMessages) >= _limits.MaxQueuedMessages
            || Volatile.Read(ref _queuedBytes) + queued.Bytes.Length > _limits.MaxQueuedBytes
        )
        {
            End(ChannelEndReason.QueueFull, "The peer reads too slowly: too many messages wait to be sent to it.");
            return false;
        }

        return Enqueue(queued);
    }

    /// <summary>
    /// Sends a message and returns when the transport has accepted it, so that a caller with many messages is slowed down to the peer's
    /// pace. The limits of the queue do not apply: each caller has one message in progress.
    /// </summary>
    /// <exception cref="ChannelEndedException">The channel has ended.</exception>
    /// <exception cref="UnsendableMessageException">The message is larger or deeper than the protocol allows.</exception>
    public async Task SendAsync(TOut message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Enqueue(new QueuedMessage(Serialize(message), written)))
        {
            throw await _end.Task.WaitAsync(cancellationToken);
        }

        await written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="ChannelEndedException">The channel has ended, for the given reason. A cancelled wait ends the channel
    /// too.</exception>
    public async Task<TIn> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await _reader.ReadAsync(cancellationToken);
            return JsonSerializer.Deserialize(bytes.Span, _inJson) ?? throw new JsonException("The message is null.");
        }
        catch (ChannelEndedException e)
        {
            throw End(e.Reason, e.Message, e);
        }
        catch (JsonException e)
        {
            // The text of the exception can quote the message, and a message can contain secrets.
            throw End(ChannelEndReason.Malformed, $"The peer sent a message that does not match the schema, at {e.Path ?? "its root"}.");
        }
        catch (NotSupportedException)
        {
            throw End(ChannelEndReason.Malformed, "The peer sent a message of an unknown type.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            End(ChannelEndReason.Closed, "This end closed the channel.");
            throw;
        }
        catch (Exception e)
            when (e
                    is WebSocketException
                        or IOException
                        or ObjectDisposedException
                        or InvalidOperationException
                        or OperationCanceledException
            )
        {
            throw End(ChannelEndReason.Torn, "The connection broke.", e);
        }
    }

    /// <summary>
    /// Closes the channel normally: sends the queued messages and waits for the peer to close, because a socket that is closed with unread
    /// bytes loses the last bytes that were written. Takes at most twice <see cref="ChannelLimits.CloseTimeout"/>.
    /// </summary>
    public async Task CloseAsync()
    {
        End(ChannelEndReason.Closed, "This end closed the channel.");
        try
        {
            await _writer.WaitAsync(_limits.CloseTimeout, _clock);
            using var timeout = new CancellationTokenSource(_limits.CloseTimeout, _clock);
            await _reader.DrainAsync(timeout.Token);
        }
        catch (Exception e)
            when (e is TimeoutException or OperationCanceledException or WebSocketException or IOException or InvalidOperationException)
        {
            _socket.Abort();
            await _writer;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await CloseAsync();
        _socket.Abort();
        _socket.Dispose();
        _reader.Dispose();
        _owned?.Dispose();
    }

    private byte[] Serialize(TOut message)
    {
        byte[] bytes;
        try
        {
            bytes = JsonSerializer.SerializeToUtf8Bytes(message, _outJson);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnsendableMessageException(
                $"A {message.GetType().Name} nests deeper than {NodeLinkProtocol.MaxDepth} levels or cannot be written.",
                e
            );
        }

        return bytes.Length <= _limits.MaxMessageBytes
            ? bytes
            : throw new UnsendableMessageException(
                $"A {message.GetType().Name} has {bytes.Length} bytes; at most {_limits.MaxMessageBytes} are allowed."
            );
    }

    private bool Enqueue(QueuedMessage queued)
    {
        Interlocked.Increment(ref _queuedMessages);
        Interlocked.Add(ref _queuedBytes, queued.Bytes.Length);
        if (_queue.Writer.TryWrite(queued))
        {
            return true;
        }

        Forget(queued);
        return false;
    }

    private void Forget(QueuedMessage queued)
    {
        Interlocked.Decrement(ref _queuedMessages);
        Interlocked.Add(ref _queuedBytes, -queued.Bytes.Length);
    }

    private ChannelEndedException End(ChannelEndReason reason, string message, Exception? inner = null)
    {
        var first = new ChannelEndedException(reason, message, inner);
        var end = Interlocked.CompareExchange(ref _ended, first, null) ?? first;
        _end.TrySetResult(end);
        _queue.Writer.TryComplete();

        // The peer accepts nothing any more, not even a close.
        if (end.Reason is ChannelEndReason.Torn or ChannelEndReason.QueueFull or ChannelEndReason.Stalled)
        {
            _socket.Abort();
        }

        return end;
    }

    private async Task WriteAsync()
    {
        await foreach (var queued in _queue.Reader.ReadAllAsync())
        {
            if (_end.Task.IsCompletedSuccessfully && await _end.Task is { Reason: not ChannelEndReason.Closed } end)
            {
                queued.Written?.TrySetException(end);
            }
            else
            {
                await WriteAsync(queued);
            }

            Forget(queued);
        }

        await SendCloseAsync(await _end.Task);
    }

    private async Task WriteAsync(QueuedMessage queued)
    {
        using var timeout = new CancellationTokenSource(_limits.SendTimeout, _clock);
        try
        {
            await _socket.SendAsync(queued.Bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, timeout.Token);
            queued.Written?.TrySetResult();
        }
        catch (Exception e)
        {
            var end = timeout.IsCancellationRequested
                ? End(ChannelEndReason.Stalled, $"The peer accepted no bytes for {_limits.SendTimeout.TotalSeconds:0} s.", e)
                : End(ChannelEndReason.Torn, "The connection broke.", e);
            queued.Written?.TrySetException(end);
            _socket.Abort();
        }
    }

    private async Task SendCloseAsync(ChannelEndedException end)
    {
        var status = end.Reason switch
        {
            ChannelEndReason.Oversized => WebSocketCloseStatus.MessageTooBig,
            ChannelEndReason.Malformed => WebSocketCloseStatus.InvalidPayloadData,
            _ => WebSocketCloseStatus.NormalClosure,
        };
        using var timeout = new CancellationTokenSource(_limits.CloseTimeout, _clock);
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(status, end.Reason.ToString(), timeout.Token);
            }
        }
        catch (Exception e)
            when (e
                    is WebSocketException
                        or IOException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or InvalidOperationException
            )
        {
            // The connection is closed already.
            _socket.Abort();
        }
    }

    private readonly record struct QueuedMessage(byte[] Bytes, TaskCompletionSource? Written);
}
