namespace Stromboli.Gateway.Git;

/// <summary>
/// The body of a push as it arrives, with bounds of its own in place of Kestrel's: how many bytes it has, and how slowly it may come.
/// </summary>
internal sealed class PushBody(Stream body, long most, TimeSpan silence, TimeProvider clock) : Stream
{
    /// <summary>How many bytes must arrive within each period of the allowed silence.</summary>
    private const int LeastBytes = 16 * 1024;

    private long _received;
    private long _periodBytes;
    private long _periodBegan = clock.GetTimestamp();

    /// <summary>How many bytes were read, apart from those thrown away.</summary>
    public long Received => _received;

    /// <summary>Whether it is larger than allowed.</summary>
    public bool IsTooLarge => _received > most;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="PushTooLargeException">It is larger than allowed.</exception>
    /// <exception cref="IOException">It comes too slowly.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await ReadInTimeAsync(buffer, cancellationToken);
        _received += read;
        _periodBytes += read;
        if (_periodBytes >= LeastBytes)
        {
            (_periodBytes, _periodBegan) = (0, clock.GetTimestamp());
        }

        return IsTooLarge ? throw new PushTooLargeException() : read;
    }

    /// <summary>Reads what is left and throws it away; false if there is more of it than the bound.</summary>
    public async Task<bool> DrainAsync(long bound, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        for (long drained = 0; drained <= bound; )
        {
            var read = await ReadInTimeAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return true;
            }

            drained += read;
            (_periodBytes, _periodBegan) = (0, clock.GetTimestamp());
        }

        return false;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> ReadInTimeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var left = silence - clock.GetElapsedTime(_periodBegan);
        using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The push comes too slowly.", e);
        }
    }
}

/// <summary>A push is larger than the node accepts.</summary>
internal sealed class PushTooLargeException : Exception;
