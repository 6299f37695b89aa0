using System.Buffers;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>
/// The body of a request, read whole. Memory is taken as bytes arrive, not as the client announces them, and a run holds only so many large bodies
/// at once, so that none can use up the bridge.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>From how many bytes on a body is a large one.</summary>
    public const int Large = 1024 * 1024;

    private const int First = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(First);
    private int _length;
    private IDisposable? _large;

    private RequestBody()
    {
    }

    /// <summary>The bytes; valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads a body; null when it is larger than the bound.</summary>
    /// <param name="request">The request.</param>
    /// <param name="largest">The bound, in bytes.</param>
    /// <param name="enterLarge">Waits for a large body's place.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BadHttpRequestException">The body is malformed or too slow.</exception>
    public static async Task<RequestBody?> ReadAsync(
        HttpRequest request,
        int largest,
        Func<CancellationToken, Task<IDisposable>> enterLarge,
        CancellationToken cancellationToken)
    {
        if (request.ContentLength > largest)
            return null;
        var body = new RequestBody();
        try
        {
            if (await body.FillAsync(request.Body, largest, enterLarge, cancellationToken))
                return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }

        body.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _large?.Dispose();
        _large = null;
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private async Task<bool> FillAsync(Stream stream, int largest, Func<CancellationToken, Task<IDisposable>> enterLarge, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_length == _bytes.Length)
                Grow();
            var read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellationToken);
            if (read == 0)
                return true;
            _length += read;
            if (_length > largest)
                return false;
            if (_length > Large)
                _large ??= await enterLarge(cancellationToken);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _bytes.Length);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
