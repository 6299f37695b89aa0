namespace Stromboli.Gateway;

/// <summary>The requests of one run that are under way. Once closed it lets no more in. Safe for use by several threads.</summary>
internal sealed class RequestCount
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private int _inFlight;
    private bool _closed;

    /// <summary>Completes when no request is under way: at once if none is now.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock)
            {
                return _idle?.Task ?? Task.CompletedTask;
            }
        }
    }

    /// <summary>Counts a request in; false when closed.</summary>
    public bool Enter()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (_inFlight++ == 0)
            {
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return true;
        }
    }

    /// <summary>Counts out a request that <see cref="Enter"/> let in.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_inFlight == 0)
            {
                _idle!.SetResult();
            }
        }
    }

    /// <summary>Lets no more in; false when that was so already.</summary>
    public bool Close()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _closed = true;
            return true;
        }
    }
}
