namespace Stromboli.Gateway;

/// <summary>
/// The body of a request, read whole. Memory is taken as bytes arrive, not as the client announces them, and a run holds only so many large
/// bodies at once, so that none can use up the bridge.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>From how many bytes on a body is a large one.</summary>
    public const int Large = 1024 * 1024;

    private PooledBytes _bytes = new();
    private IDisposable? _large;

    private RequestBody() { }

    /// <summary>The bytes; valid until this is rewritten or disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.Bytes;

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

    /// <summary>Reads the request that the body is, and puts the gateway's own writing of it in the place of the agent's bytes.</summary>
    /// <param name="rules">What may be asked for.</param>
    /// <param name="problem">One sentence, if null is returned.</param>
    public MessageRequest? Rewrite(RequestRules rules, out string problem)
    {
        var own = new PooledBytes();
        try
        {
            var request = MessageRequest.Read(Bytes, rules, own, out problem);
            if (request is not null)
            {
                (_bytes, own) = (own, _bytes);
            }

            return request;
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
