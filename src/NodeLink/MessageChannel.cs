using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Stromboli.NodeLink;

/// <summary>
/// JSON records over a WebSocket, one record a text message. Records are bounded in size and depth both ways, what waits to be written is
/// bounded too, and one loop writes. One caller at a time may receive; any number may send.
/// </summary>
/// <typeparam name="TOut">The records that this end sends.</typeparam>
/// <typeparam name="TIn">The records that this end receives.</typeparam>
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
    private readonly RecordReader _reader;
    private readonly Channel<QueuedRecord> _queue = Channel.CreateUnbounded<QueuedRecord>(new() { SingleReader = true });
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
        _reader = new RecordReader(socket, limits.MaxMessageBytes);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Completes when the channel has ended, with why. Never fails.</summary>
    public Task<ChannelEndedException> Ended => _end.Task;

    /// <summary>
    /// Queues a record. Never blocks. If more would wait than <see cref="ChannelLimits"/> allows, the channel ends with
    /// <see cref="ChannelEndReason.QueueFull"/>.
    /// </summary>
    /// <returns>False if the channel has ended, or ended by this call.</returns>
    /// <exception cref="UnsendableMessageException">The record is larger or deeper than the protocol allows.</exception>
    public bool TrySend(TOut message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var record = new QueuedRecord(Serialize(message), Written: null);
        if (
            Volatile.Read(ref _queuedMessages) >= _limits.MaxQueuedMessages
            || Volatile.Read(ref _queuedBytes) + record.Bytes.Length > _limits.MaxQueuedBytes
        )
        {
            End(ChannelEndReason.QueueFull, "The peer reads too slowly: too much waited to be sent to it.");
            return false;
        }

        return Enqueue(record);
    }

    /// <summary>
    /// Sends a record and returns when the transport has taken it, so that a caller that sends much goes at the peer's pace. It is not
    /// subject to the queue's bounds: each caller has one record under way.
    /// </summary>
    /// <exception cref="ChannelEndedException">The channel has ended.</exception>
    /// <exception cref="UnsendableMessageException">The record is larger or deeper than the protocol allows.</exception>
    public async Task SendAsync(TOut message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Enqueue(new QueuedRecord(Serialize(message), written)))
        {
            throw await _end.Task.WaitAsync(cancellationToken);
        }

        await written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the next record.</summary>
    /// <exception cref="ChannelEndedException">The channel has ended; the reason says how. A cancelled wait ends the channel as
    /// well.</exception>
    public async Task<TIn> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var record = await _reader.ReadAsync(cancellationToken);
            return JsonSerializer.Deserialize(record.Span, _inJson) ?? throw new JsonException("The record is null.");
        }
        catch (ChannelEndedException e)
        {
            throw End(e.Reason, e.Message, e);
        }
        catch (JsonException e)
        {
            // The exception's own text may quote the record, and a record may hold secrets.
            throw End(ChannelEndReason.Malformed, $"The peer sent a record that is not of the schema, at {e.Path ?? "its root"}.");
        }
        catch (NotSupportedException)
        {
            throw End(ChannelEndReason.Malformed, "The peer sent a record of no known type.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            End(ChannelEndReason.Closed, "The channel was closed here.");
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
    /// Ends the channel in good order: writes what is queued and waits for the peer's own close, since a socket closed with unread bytes
    /// loses what was written last. Takes at most twice <see cref="ChannelLimits.CloseTimeout"/>.
    /// </summary>
    public async Task CloseAsync()
    {
        End(ChannelEndReason.Closed, "The channel was closed here.");
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
                $"A {message.GetType().Name} has {bytes.Length} bytes; {_limits.MaxMessageBytes} are allowed."
            );
    }

    private bool Enqueue(QueuedRecord record)
    {
        Interlocked.Increment(ref _queuedMessages);
        Interlocked.Add(ref _queuedBytes, record.Bytes.Length);
        if (_queue.Writer.TryWrite(record))
        {
            return true;
        }

        Forget(record);
        return false;
    }

    private void Forget(QueuedRecord record)
    {
        Interlocked.Decrement(ref _queuedMessages);
        Interlocked.Add(ref _queuedBytes, -record.Bytes.Length);
    }

    private ChannelEndedException End(ChannelEndReason reason, string message, Exception? inner = null)
    {
        var first = new ChannelEndedException(reason, message, inner);
        var end = Interlocked.CompareExchange(ref _ended, first, null) ?? first;
        _end.TrySetResult(end);
        _queue.Writer.TryComplete();

        // The peer takes nothing any more, so there is nothing to say good-bye to.
        if (end.Reason is ChannelEndReason.Torn or ChannelEndReason.QueueFull or ChannelEndReason.Stalled)
        {
            _socket.Abort();
        }

        return end;
    }

    private async Task WriteAsync()
    {
        await foreach (var record in _queue.Reader.ReadAllAsync())
        {
            if (_end.Task.IsCompletedSuccessfully && await _end.Task is { Reason: not ChannelEndReason.Closed } end)
            {
                record.Written?.TrySetException(end);
            }
            else
            {
                await WriteAsync(record);
            }

            Forget(record);
        }

        await SayGoodByeAsync(await _end.Task);
    }

    private async Task WriteAsync(QueuedRecord record)
    {
        using var timeout = new CancellationTokenSource(_limits.SendTimeout, _clock);
        try
        {
            await _socket.SendAsync(record.Bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, timeout.Token);
            record.Written?.TrySetResult();
        }
        catch (Exception e)
        {
            var end = timeout.IsCancellationRequested
                ? End(ChannelEndReason.Stalled, $"The peer accepted no record for {_limits.SendTimeout.TotalSeconds:0} s.", e)
                : End(ChannelEndReason.Torn, "The connection broke.", e);
            record.Written?.TrySetException(end);
            _socket.Abort();
        }
    }

    private async Task SayGoodByeAsync(ChannelEndedException end)
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
            // The connection is gone already, which is what closing it is for.
            _socket.Abort();
        }
    }

    private readonly record struct QueuedRecord(byte[] Bytes, TaskCompletionSource? Written);
}
