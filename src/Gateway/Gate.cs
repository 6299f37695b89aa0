namespace Stromboli.Gateway;

/// <summary>Lets so many in at once; the others wait in order.</summary>
internal sealed class Gate(int most) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most);

    /// <summary>Waits to be let in; dispose what is returned on the way out.</summary>
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
