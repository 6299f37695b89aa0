namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Bounds how many containers are made and started at once: beyond eight, Podman's locks make all of them slower.</summary>
internal sealed class StartGate(int parallel) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(parallel);

    /// <summary>Waits for a slot; disposing the answer gives it back.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        return new Slot(_slots);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                slots.Release();
            }
        }
    }
}
