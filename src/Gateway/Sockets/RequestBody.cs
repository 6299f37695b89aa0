using System.Buffers;

namespace Stromboli.Gateway.Sockets;

/// <summary>
/// The complete body of a request. Memory grows with the bytes that arrive and not with the length that the client announces. A run holds a
/// limited number of large bodies at once, so that no run exhausts the memory.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>A body with more bytes than this is a large one.</summary>
    public const int Large = 1024 * 1024;

    private PooledBytes _bytes = new();
    private IDisposable? _large;

    private RequestBody() { }

    /// <summary>The bytes; valid until the body is rewritten or disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.Bytes;

    /// <summary>Reads a body; returns null if it is larger than <paramref name="largest"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="largest">The bound, in bytes.</param>
    /// <param name="enterLarge">Waits until the run may hold a large body.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="BadHttpRequestException">The body is malformed or too slow.</exception>
    public static async Task<RequestBody?> ReadAsync(
        HttpRequest request,
        int largest,
        Func<CancellationToken, Task<IDisposable>> enterLarge,
        CancellationToken cancellationToken
    )
    {
        if (request.ContentLength > largest)
        {
            return null;
        }

        var body = new RequestBody();
        try
        {
            if (await body.FillAsync(request.Body, largest, enterLarge, cancellationToken))
            {
                return body;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }

        body.Dispose();
        return null;
    }

    /// <summary>Replaces the bytes by those that <paramref name="rewrite"/> writes, unless it returns null.</summary>
    /// <param name="rewrite">Reads the bytes and writes others.</param>
    /// <returns>What <paramref name="rewrite"/> returns.</returns>
    public T? Rewrite<T>(Func<ReadOnlyMemory<byte>, IBufferWriter<byte>, T?> rewrite)
        where T : class
    {
        var own = new PooledBytes();
        try
        {
            var result = rewrite(Bytes, own);
            if (result is not null)
            {
                (_bytes, own) = (own, _bytes);
            }

            return result;
        }
        finally
        {
            own.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _large?.Dispose();
        _large = null;
        _bytes.Dispose();
    }

    private async Task<bool> FillAsync(
        Stream stream,
        int largest,
        Func<CancellationToken, Task<IDisposable>> enterLarge,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var read = await stream.ReadAsync(_bytes.GetMemory(), cancellationToken);
            if (read == 0)
            {
                return true;
            }

            _bytes.Advance(read);
            if (_bytes.Length > largest)
            {
                return false;
            }

            if (_bytes.Length > Large)
            {
                _large ??= await enterLarge(cancellationToken);
            }
        }
    }
}
