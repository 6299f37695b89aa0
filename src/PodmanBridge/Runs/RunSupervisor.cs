using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>All attempts of this node: adopts what a former bridge left, begins, stops and drops what the operator wants.</summary>
internal sealed partial class RunSupervisor(AttemptServices services, ILogger<RunSupervisor> logger) : IDesiredSink, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<AttemptKey, AttemptSupervisor> _attempts = [];
    private readonly UnknownAttempts _unknown = new(services, logger);
    private readonly Dictionary<AttemptKey, Task> _drops = [];
    private readonly Dictionary<AttemptKey, DesiredAttempt> _afterDrop = [];

    /// <summary>Goes on with every attempt that is on disk. To be called once, before the first link.</summary>
    public void Adopt()
    {
        services.Lease.Changed += OnLease;
        foreach (var directory in AttemptDirectory.All(services.StateRoot))
        {
            if (directory.ReadRecord() is { } record)
            {
                if (directory.ReadEnd() is null)
                {
                    Log.Adopted(logger, record.Key);
                }

                lock (_lock)
                {
                    _attempts[record.Key] = AttemptSupervisor.Adopt(record, directory, services);
                }
            }
            else
            {
                // The bridge was killed before it had written what the attempt is: nothing was made for it.
                directory.Delete();
            }
        }
    }

    /// <inheritdoc/>
    public void Apply(DesiredAttempt desired)
    {
        var key = new AttemptKey(desired.UID, desired.Attempt);
        using var activity = BridgeTraces.Apply(desired.State, key);
        lock (_lock)
        {
            switch (desired.State)
            {
                case DesiredState.Hold or DesiredState.Go:
                    Want(key, desired);
                    break;
                case DesiredState.Stop:
                    Stop(key, desired.Cause);
                    break;
                case DesiredState.Collected:
                    _attempts.GetValueOrDefault(key)?.Collect();
                    _unknown.Forget(key);
                    break;
                case DesiredState.Absent:
                    Drop(key);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void ApplyAll(IReadOnlyList<DesiredAttempt> desired)
    {
        var named = desired.Select(attempt => new AttemptKey(attempt.UID, attempt.Attempt)).ToHashSet();
        lock (_lock)
        {
            foreach (var key in _attempts.Keys.Concat(_unknown.Keys).Where(key => !named.Contains(key)).ToArray())
            {
                Drop(key);
            }
        }

        foreach (var attempt in desired)
        {
            Apply(attempt);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<AttemptObservation> Observe()
    {
        lock (_lock)
        {
            return [.. _attempts.Values.Where(attempt => !_unknown.Contains(attempt.Key)).Select(attempt => attempt.Observe()), .. _unknown.Observe()];
        }
    }

    /// <inheritdoc/>
    public AttemptObservation? Observe(string uid, int attempt)
    {
        var key = new AttemptKey(uid, attempt);
        lock (_lock)
        {
            return _unknown.Contains(key) ? _unknown.Observe(key) : _attempts.GetValueOrDefault(key)?.Observe();
        }
    }

    /// <summary>A container of an attempt, by its id, has died, by the engine's word.</summary>
    public void OnContainerDied(AttemptKey key, string id)
    {
        lock (_lock)
        {
            _attempts.GetValueOrDefault(key)?.OnContainerDied(id);
        }
    }

    /// <summary>Removes workspace and HOME of the attempt that has been over for longest, before its time.</summary>
    /// <returns>The attempt; null when there is none of which something could be removed.</returns>
    public async Task<AttemptKey?> FreeOldestAsync(CancellationToken cancellationToken)
    {
        AttemptSupervisor[] over;
        lock (_lock)
        {
            over = [.. _attempts.Values.Where(attempt => attempt.FreeableSince is not null && !_drops.ContainsKey(attempt.Key)).OrderBy(attempt => attempt.FreeableSince)];
        }

        foreach (var attempt in over)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await attempt.FreeAsync();
                return attempt.Key;
            }
            catch (Exception e) when (e is PodmanException or OperationCanceledException)
            {
                Log.NotFreed(logger, attempt.Key, e.Message);
            }
        }

        return null;
    }

    /// <summary>Lets go of all attempts without ending them: the next bridge adopts them.</summary>
    public async ValueTask DisposeAsync()
    {
        services.Lease.Changed -= OnLease;
        AttemptSupervisor[] attempts;
        Task[] drops;
        lock (_lock)
        {
            attempts = [.. _attempts.Values];
            drops = [.. _drops.Values];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(drops);
        await _unknown.DisposeAsync();
        foreach (var attempt in attempts)
        {
            await attempt.DisposeAsync();
        }
    }

    private void Want(AttemptKey key, DesiredAttempt desired)
    {
        if (_drops.ContainsKey(key))
        {
            // Taken back and wanted anew before it was gone, as when a record met a conflict.
            _afterDrop[key] = desired;
        }
        else if (_attempts.TryGetValue(key, out var known))
        {
            known.Want(desired);
        }
        else if (desired.Started)
        {
            _unknown.End(key, RunReason.NodeLost, "The node no longer knows this attempt: its state was lost after the agent had started.");
        }
        else if (!_unknown.Contains(key) && desired.Spec is not null)
        {
            Begin(key, desired);
        }
    }

    // What keeps one attempt from beginning, such as a full disk, is that attempt's end and not the link's.
    private void Begin(AttemptKey key, DesiredAttempt desired)
    {
        try
        {
            _attempts[key] = AttemptSupervisor.Begin(desired, services);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            _unknown.End(key, RunReason.Crashed, $"The node could not begin the attempt: {e.Message}");
        }
    }

    private void Stop(AttemptKey key, StopCause? cause)
    {
        _afterDrop.Remove(key);
        if (!_drops.ContainsKey(key) && _attempts.TryGetValue(key, out var known))
        {
            known.End(cause == StopCause.Suspended ? EndCause.Suspended : EndCause.Cancelled);
        }
        else if (cause == StopCause.Suspended)
        {
            _unknown.End(key, RunReason.Suspended, "The run was suspended before its agent started.");
        }
        else
        {
            _unknown.End(key, RunReason.Cancelled, "The run was cancelled before its agent started.");
        }
    }

    private void Drop(AttemptKey key)
    {
        _unknown.Forget(key);
        _afterDrop.Remove(key);
        if (_attempts.TryGetValue(key, out var attempt) && !_drops.ContainsKey(key))
        {
            _drops[key] = DropAsync(attempt);
        }
    }

    private async Task DropAsync(AttemptSupervisor attempt)
    {
        // Off the lock: the caller holds it.
        await Task.Yield();
        for (var pause = FirstPause; !await TryDropAsync(attempt); pause = pause < LastPause ? 2 * pause : LastPause)
        {
            await Task.Delay(pause, services.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }
        }

        lock (_lock)
        {
            _attempts.Remove(attempt.Key);
            _drops.Remove(attempt.Key);
            if (_afterDrop.Remove(attempt.Key, out var desired))
            {
                Want(attempt.Key, desired);
            }
        }
    }

    private async Task<bool> TryDropAsync(AttemptSupervisor attempt)
    {
        try
        {
            await attempt.DropAsync();
            return true;
        }
        catch (Exception e)
        {
            Log.DropFailed(logger, e, attempt.Key);
            return false;
        }
    }

    private void OnLease(TimeSpan remaining)
    {
        AttemptSupervisor[] attempts;
        lock (_lock)
        {
            attempts = [.. _attempts.Values];
        }

        if (remaining <= TimeSpan.Zero && attempts.Length > 0)
        {
            Log.LeaseOver(logger);
        }

        foreach (var attempt in attempts)
        {
            attempt.OnLease(remaining);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Goes on with attempt {Attempt}, which a former bridge left")]
        public static partial void Adopted(ILogger logger, AttemptKey attempt);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The workspace of attempt {Attempt} could not be removed: {Error}")]
        public static partial void NotFreed(ILogger logger, AttemptKey attempt, string error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The node's lease is over: its agents are stopped")]
        public static partial void LeaseOver(ILogger logger);

        [LoggerMessage(Level = LogLevel.Error, Message = "What is left of attempt {Attempt} could not be removed; it is tried again")]
        public static partial void DropFailed(ILogger logger, Exception exception, AttemptKey attempt);
    }
}
