using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Link;

/// <summary>
/// The lease that the operator grants this node: agents may run until it ends. It starts empty, even after a restart of the bridge. Only a
/// grant extends it, counted from the time at which the answered ping was sent.
/// </summary>
internal sealed class NodeLease(TimeProvider clock) : INodeLease, IDisposable
{
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private long _until;

    /// <summary>Raised with the remaining time when the lease is extended, and with zero when it ends. Not raised under a lock.</summary>
    public event Action<TimeSpan>? Changed;

    /// <summary>What is left; zero when it is over or was never granted.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_lock)
            {
                return Left();
            }
        }
    }

    /// <summary>Whether agents may run and the gateway may forward.</summary>
    public bool Valid => Remaining > TimeSpan.Zero;

    /// <summary>Waits until the lease is valid.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged(TimeSpan left)
        {
            if (left > TimeSpan.Zero)
            {
                granted.TrySetResult();
            }
        }

        Changed += OnChanged;
        try
        {
            if (!Valid)
            {
                await granted.Task.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Changed -= OnChanged;
        }
    }

    /// <summary>Takes a grant.</summary>
    /// <param name="sentAt">The timestamp at which the ping was sent.</param>
    /// <param name="duration">How long the lease lasts from then on.</param>
    public void Extend(long sentAt, TimeSpan duration)
    {
        var left = TimeSpan.Zero;
        lock (_lock)
        {
            var until = sentAt + (long)(duration.TotalSeconds * clock.TimestampFrequency);
            _until = Math.Max(until, _until);
            left = Left();
            _timer ??= clock.CreateTimer(_ => Over(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        }

        Changed?.Invoke(left);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Over()
    {
        TimeSpan left;
        lock (_lock)
        {
            left = Left();
            if (left > TimeSpan.Zero)
            {
                _timer!.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Changed?.Invoke(TimeSpan.Zero);
    }

    private TimeSpan Left()
    {
        var left = clock.GetElapsedTime(clock.GetTimestamp(), _until);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
