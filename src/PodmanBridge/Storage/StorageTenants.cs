namespace Stromboli.PodmanBridge.Storage;

/// <summary>The runs that have a container now.</summary>
internal sealed class StorageTenants
{
    private readonly Lock _lock = new();
    private readonly List<StorageTenant> _tenants = [];
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All of them.</summary>
    public IReadOnlyList<StorageTenant> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _tenants];
            }
        }
    }

    /// <summary>Adds one, until the answer is disposed.</summary>
    public IDisposable Add(StorageTenant tenant)
    {
        lock (_lock)
        {
            _tenants.Add(tenant);
            _came.TrySetResult();
        }

        return new Place(this, tenant);
    }

    /// <summary>Waits until there is one.</summary>
    public Task AnyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _came.Task.WaitAsync(cancellationToken);
        }
    }

    private void Remove(StorageTenant tenant)
    {
        lock (_lock)
        {
            _tenants.Remove(tenant);
            if (_tenants.Count == 0 && _came.Task.IsCompleted)
            {
                _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private sealed class Place(StorageTenants tenants, StorageTenant tenant) : IDisposable
    {
        public void Dispose() => tenants.Remove(tenant);
    }
}
