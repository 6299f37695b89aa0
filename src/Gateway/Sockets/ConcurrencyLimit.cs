namespace Stromboli.Gateway.Sockets;

/// <summary>Lets a limited number of callers in at once; the others wait in order.</summary>
internal sealed class ConcurrencyLimit(int most) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most);

    /// <summary>Waits to be let in. The caller disposes the result to leave.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return new Place(_free);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        private SemaphoreSlim? _free = free;

        public void Dispose() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
