using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>All attempts of this node: adopts what a former bridge left, begins, stops and drops what the operator wants.</summary>
internal sealed partial class NodeAttempts : IAsyncDisposable
{
    private readonly AttemptServices _services;
    private readonly ILogger<NodeAttempts> _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<AttemptKey, AttemptSupervisor> _attempts = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly UnknownAttempts _unknown;
    private readonly AttemptDrops _drops;

    /// <summary>A supervisor that knows of no attempt yet.</summary>
    public NodeAttempts(AttemptServices services, ILogger<NodeAttempts> logger)
    {
        (_services, _logger) = (services, logger);
        _unknown = new UnknownAttempts(services, logger);
        _drops = new AttemptDrops(services.Clock, logger, OnDropped, _stopping.Token);
    }

    private AttemptSupervisor[] Attempts
    {
        get
        {
            lock (_lock)
            {
                return [.. _attempts.Values];
            }
        }
    }

    /// <summary>Goes on with every attempt that is on disk. To be called once, before the first link.</summary>
    public void Adopt()
    {
        _services.Lease.Changed += OnLease;
        _services.Sandbox.Sessions.Adopt();
        foreach (var directory in AttemptDirectory.All(_services.StateRoot))
        {
            if (directory.ReadRecord() is { } record)
            {
                if (directory.ReadEnd() is null)
                {
                    Log.Adopted(_logger, record.Key);
                }

                lock (_lock)
                {
                    _attempts[record.Key] = AttemptSupervisor.Adopt(record, directory, _services);
                }
            }
            else
            {
                // The bridge was killed before it had written what the attempt is: nothing was made for it.
                directory.Delete();
            }
        }

        lock (_lock)
        {
            DropExcess();
        }
    }

    /// <summary>Applies what the operator desires of one attempt.</summary>
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
                    _unknown.Forget(key);
                    if (_attempts.GetValueOrDefault(key)?.Collect() == true)
                    {
                        DropExcess();
                    }

                    break;
                case DesiredState.Absent:
                    Drop(key);
                    break;
            }
        }
    }

    /// <summary>Applies what the operator desires of all attempts. An attempt that is not named is to be absent.</summary>
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

    /// <summary>Every attempt that the node still knows.</summary>
    public IEnumerable<AttemptObservation> Observe()
    {
        AttemptKey[] keys;
        lock (_lock)
        {
            keys = [.. _attempts.Keys.Union(_unknown.Keys)];
        }

        return keys.Select(key => Observe(key.UID, key.Attempt)).OfType<AttemptObservation>();
    }

    /// <summary>One attempt; null if the node does not know it.</summary>
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

    /// <summary>The attempts that are over, have no container any more, and are kept for their log and workspace.</summary>
    public IReadOnlyList<AttemptSupervisor> Finished()
    {
        lock (_lock)
        {
            return [.. _attempts.Values.Where(attempt => attempt.FinishedAt is not null && !_drops.Contains(attempt.Key))];
        }
    }

    /// <summary>Lets go of all attempts without ending them: the next bridge adopts them.</summary>
    public async ValueTask DisposeAsync()
    {
        _services.Lease.Changed -= OnLease;
        await _stopping.CancelAsync();
        Task drops;
        lock (_lock)
        {
            drops = _drops.WaitAsync();
        }

        await drops;
        await _unknown.DisposeAsync();
        foreach (var attempt in Attempts)
        {
            await attempt.DisposeAsync();
        }
    }

    private void Want(AttemptKey key, DesiredAttempt desired)
    {
        if (_drops.Contains(key))
        {
            _drops.WantAfter(key, desired);
        }
        else if (_attempts.TryGetValue(key, out var known))
        {
            known.NotCollected();
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
            _attempts[key] = AttemptSupervisor.Begin(desired, _services);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            _unknown.End(key, RunReason.NodeUnfit, $"The node could not begin the attempt: {e.Message}");
        }
    }

    private void Stop(AttemptKey key, StopCause? why)
    {
        var (cause, reason, done) = why switch
        {
            StopCause.Suspended => (EndCause.Suspended, RunReason.Suspended, "The run was suspended"),
            StopCause.SessionDeleted => (EndCause.SessionDeleted, RunReason.SessionLost, "The session was deleted"),
            _ => (EndCause.Cancelled, RunReason.Cancelled, "The run was cancelled"),
        };
        _drops.ForgetWanted(key);
        if (!_drops.Contains(key) && _attempts.TryGetValue(key, out var known))
        {
            known.NotCollected();
            known.End(cause);
        }
        else
        {
            _unknown.End(key, reason, $"{done} before its agent started.");
        }
    }

    private void Drop(AttemptKey key)
    {
        _unknown.Forget(key);
        if (_attempts.TryGetValue(key, out var attempt))
        {
            _drops.Begin(attempt);
        }
    }

    // To be called under the lock.
    private void DropExcess()
    {
        foreach (
            var key in KeptRules.Excess(
                _attempts.Values.Where(attempt => !_drops.Contains(attempt.Key)).Select(attempt => attempt.Kept).OfType<KeptAttempt>(),
                _services.Kept
            )
        )
        {
            Log.DroppedExcess(_logger, key);
            Drop(key);
        }
    }

    private void OnDropped(AttemptKey key)
    {
        lock (_lock)
        {
            _attempts.Remove(key);
            if (_drops.Finish(key) is { } desired)
            {
                Want(key, desired);
            }
        }
    }

    private void OnLease(TimeSpan remaining)
    {
        var attempts = Attempts;
        if (remaining <= TimeSpan.Zero && attempts.Length > 0)
        {
            Log.LeaseOver(_logger);
        }

        foreach (var attempt in attempts)
        {
            attempt.OnLease(remaining);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Goes on with attempt {Attempt}, which a former bridge left")]
        public static partial void Adopted(ILogger logger, AttemptKey attempt);

        [LoggerMessage(
            LogLevel.Information,
            "Removes attempt {Attempt}, which is over and on record, before its time: the node keeps more than --max-kept-runs and --max-kept-bytes allow"
        )]
        public static partial void DroppedExcess(ILogger logger, AttemptKey attempt);

        [LoggerMessage(LogLevel.Warning, "The node's lease is over: its agents are stopped")]
        public static partial void LeaseOver(ILogger logger);
    }
}
