namespace Stromboli.Kubernetes;

/// <summary>An answer of the API server whose body is still being read.</summary>
public sealed class RawAnswer : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly CancellationToken _retired;

    internal RawAnswer(HttpResponseMessage response, Stream body, CancellationToken retired)
    {
        _response = response;
        _body = body;
        _retired = retired;
    }

    /// <summary>The media type without parameters; empty if the server names none.</summary>
    public string MediaType => _response.Content.Headers.ContentType?.MediaType ?? "";

    /// <summary>Reads what has come; 0 at the end of the body.</summary>
    /// <exception cref="IOException">The connection broke before the end, or ended because certificates changed.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _retired);
        try
        {
            return await _body.ReadAsync(buffer, linked.Token);
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection was closed because newer certificates are in use.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync();
        _response.Dispose();
    }
}
