namespace Stromboli.Gateway.Sockets;

/// <summary>Counts the requests of a run that are in progress. Once closed, it admits no more. Safe for concurrent use.</summary>
internal sealed class RequestCount
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private int _inFlight;
    private bool _closed;

    /// <summary>Completes when no request is in progress, at once if there is none.</summary>
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

    /// <summary>Counts a request; returns false once closed.</summary>
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

    /// <summary>Ends a request that <see cref="Enter"/> counted.</summary>
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

    /// <summary>Admits no more requests; returns false if it was closed before.</summary>
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
