using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// All attempts of this node. Adopts those that an earlier bridge left, and begins, stops and drops attempts as the operator wants.
/// </summary>
internal sealed partial class NodeAttempts(
    AttemptNode node,
    KeptLimits kept,
    IAttemptWorks works,
    UnknownAttempts unknown,
    NodeSessions sessions,
    INodeLease lease,
    ILogger<NodeAttempts> logger
) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AttemptKey, Attempt> _attempts = [];

    // The attempts that are being removed, and what the operator wants of each once it is gone, for example after a conflict over a record.
    private readonly HashSet<AttemptKey> _dropping = [];
    private readonly Dictionary<AttemptKey, DesiredAttempt> _desiredAfterDrop = [];

    private Attempt[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _attempts.Values];
            }
        }
    }

    /// <summary>The step of each attempt.</summary>
    public IEnumerable<AttemptStep> Steps => All.Select(attempt => attempt.Step);

    /// <summary>Continues with every attempt that is on disk. Call this once, before the first link.</summary>
    public void Adopt()
    {
        lease.Changed += OnLease;
        sessions.Adopt();
        foreach (var directory in AttemptDirectory.All(node.StateRoot))
        {
            if (directory.ReadRecord() is { } record)
            {
                lock (_lock)
                {
                    Adopt(record, directory);
                }
            }
            else
            {
                // The bridge was killed before it had written the record, so nothing was made for the attempt.
                directory.Delete();
            }
        }

        lock (_lock)
        {
            DropExcess();
        }
    }

    /// <summary>Applies what the operator wants of one attempt.</summary>
    public void Apply(DesiredAttempt desired)
    {
        var key = new AttemptKey(desired.UID, desired.Attempt);
        using var activity = AttemptTraces.Apply(desired);
        lock (_lock)
        {
            switch (desired.State)
            {
                case DesiredState.Hold or DesiredState.Go:
                    ApplyRun(key, desired);
                    break;
                case DesiredState.Stop:
                    Stop(key, desired.Cause);
                    break;
                case DesiredState.Collected:
                    unknown.Forget(key);
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

    /// <summary>Applies what the operator wants of the node. An attempt that is not named is absent.</summary>
    public void ApplyAll(IReadOnlyList<DesiredAttempt> desired)
    {
        var named = desired.Select(attempt => new AttemptKey(attempt.UID, attempt.Attempt)).ToHashSet();
        lock (_lock)
        {
            foreach (var key in _attempts.Keys.Concat(unknown.Keys).Where(key => !named.Contains(key)).ToArray())
            {
                Drop(key);
            }
        }

        foreach (var attempt in desired)
        {
            Apply(attempt);
        }
    }

    /// <summary>What the node reports about every attempt that it still knows.</summary>
    public IEnumerable<AttemptObservation> Observe()
    {
        AttemptKey[] keys;
        lock (_lock)
        {
            keys = [.. _attempts.Keys.Union(unknown.Keys)];
        }

        return keys.Select(key => Observe(key.UID, key.Attempt)).OfType<AttemptObservation>();
    }

    /// <summary>What the node reports about one attempt; null if it does not know the attempt, or may not report its end yet.</summary>
    public AttemptObservation? Observe(string uid, int attempt)
    {
        var key = new AttemptKey(uid, attempt);
        lock (_lock)
        {
            return unknown.Contains(key) ? unknown.Observe(key) : _attempts.GetValueOrDefault(key)?.Observe();
        }
    }

    /// <summary>An attempt of which this node has the log and the workspace, or had them; null if it has nothing of it.</summary>
    public Attempt? Find(AttemptKey key)
    {
        lock (_lock)
        {
            return _dropping.Contains(key) ? null : _attempts.GetValueOrDefault(key);
        }
    }

    /// <summary>The engine reports that a container of an attempt, given by its id, has died.</summary>
    public void OnContainerDied(AttemptKey key, string id)
    {
        lock (_lock)
        {
            _attempts.GetValueOrDefault(key)?.OnContainerDied(id);
        }
    }

    /// <summary>The attempts that are over, have no container any more, and are kept for their log and workspace.</summary>
    public IReadOnlyList<Attempt> Finished()
    {
        lock (_lock)
        {
            return [.. _attempts.Values.Where(attempt => attempt.FinishedAt is not null && !_dropping.Contains(attempt.Key))];
        }
    }

    /// <summary>What is on record of the last attempt of a run; null if the node has none.</summary>
    public AttemptRecord? LastOf(string uid) => Records().Where(record => record.UID == uid).MaxBy(record => record.Attempt);

    /// <summary>What is on record of one of the attempts of a session; null if the node has none.</summary>
    public AttemptRecord? LastOfSession(string uid) => Records().FirstOrDefault(record => record.Spec.Session?.UID == uid);

    /// <summary>Detaches from all attempts without ending them. The next bridge adopts them.</summary>
    public async ValueTask DisposeAsync()
    {
        lease.Changed -= OnLease;
        await Task.WhenAll(All.Select(attempt => attempt.DisposeAsync().AsTask()));
    }

    private AttemptRecord[] Records()
    {
        lock (_lock)
        {
            return [.. _attempts.Values.Where(attempt => !_dropping.Contains(attempt.Key)).Select(attempt => attempt.Record)];
        }
    }

    private void ApplyRun(AttemptKey key, DesiredAttempt desired)
    {
        if (_dropping.Contains(key))
        {
            _desiredAfterDrop[key] = desired;
        }
        else if (_attempts.TryGetValue(key, out var known))
        {
            known.Apply(desired);
        }
        else if (desired.Started)
        {
            unknown.End(key, RunReason.NodeLost, "The node no longer knows this attempt: its state was lost after the agent had started.");
        }
        else if (!unknown.Contains(key) && desired.Spec is not null)
        {
            TryBegin(key, desired, desired.Spec);
        }
    }

    // A problem that keeps one attempt from beginning, such as a full disk, ends that attempt and not the link.
    private void TryBegin(AttemptKey key, DesiredAttempt desired, AttemptSpec spec)
    {
        try
        {
            Begin(key, desired, spec);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            unknown.End(key, RunReason.NodeUnfit, $"The node could not begin the attempt: {e.Message}");
        }
    }

    // The caller holds the lock.
    private void Begin(AttemptKey key, DesiredAttempt desired, AttemptSpec spec)
    {
        var user =
            (spec.Session is { } session ? sessions.Open(session) : node.Users.Take())
            ?? throw new InvalidOperationException("Every user number of the subordinate range is in use.");
        var directory = AttemptDirectory.Create(node.StateRoot, key);
        var record = new AttemptRecord
        {
            UID = desired.UID,
            Attempt = desired.Attempt,
            Spec = spec,
            UserID = user,
            BootID = node.BootID,
            Deadline = node.After(TimeSpan.FromMilliseconds(desired.RemainingMs ?? spec.TimeoutMs)),
        };
        directory.Write(record);
        var attempt = new Attempt(new AttemptState { Record = record }, directory, works, node, logger);
        _attempts[key] = attempt;
        // The attempt's deadline is on record already.
        attempt.Apply(desired with { RemainingMs = null });
        attempt.Take();
    }

    // The caller holds the lock.
    private void Adopt(AttemptRecord record, AttemptDirectory directory)
    {
        node.Users.Reserve(record.UserID);
        var end = directory.ReadEnd()?.WithoutWhatIsCollected();
        if (end is null)
        {
            Log.Adopted(logger, record.Key);
            if ((record.Released || record.Abandoned) && record.Spec.Session is { } session)
            {
                sessions.Reserve(session.UID, record.Key);
            }
        }

        var found = new AttemptState
        {
            Record = record,
            End = end,
            IsAdopted = true,
            Stage = end is null ? AttemptStage.Preparing : AttemptStage.Ended,
        };
        var attempt = new Attempt(found, directory, works, node, logger);
        _attempts[record.Key] = attempt;
        attempt.Take();
        if (end is null && record.Cause == EndCause.Dropped)
        {
            Drop(record.Key);
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
        _desiredAfterDrop.Remove(key);
        if (!_dropping.Contains(key) && _attempts.TryGetValue(key, out var known))
        {
            known.End(cause);
        }
        else
        {
            unknown.End(key, reason, $"{done} before its agent started.");
        }
    }

    private void Drop(AttemptKey key)
    {
        unknown.Forget(key);
        _desiredAfterDrop.Remove(key);
        if (_attempts.TryGetValue(key, out var attempt) && _dropping.Add(key))
        {
            attempt.Drop();
            _ = ForgetAsync(attempt);
        }
    }

    private async Task ForgetAsync(Attempt attempt)
    {
        await attempt.Gone;
        await attempt.DisposeAsync();
        lock (_lock)
        {
            _attempts.Remove(attempt.Key);
            _dropping.Remove(attempt.Key);
            if (_desiredAfterDrop.Remove(attempt.Key, out var desired))
            {
                ApplyRun(attempt.Key, desired);
            }
        }
    }

    // The caller holds the lock.
    private void DropExcess()
    {
        foreach (
            var key in KeptRules.Excess(
                _attempts.Values.Where(attempt => !_dropping.Contains(attempt.Key)).Select(attempt => attempt.Kept).OfType<KeptAttempt>(),
                kept
            )
        )
        {
            Log.DroppedExcess(logger, key);
            Drop(key);
        }
    }

    private void OnLease(TimeSpan remaining)
    {
        var attempts = All;
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
        [LoggerMessage(LogLevel.Information, "Adopted attempt {Attempt} of an earlier bridge")]
        public static partial void Adopted(ILogger logger, AttemptKey attempt);

        [LoggerMessage(
            LogLevel.Information,
            "Removing finished attempt {Attempt} before its TTL: the node keeps more than --max-kept-runs and --max-kept-bytes allow"
        )]
        public static partial void DroppedExcess(ILogger logger, AttemptKey attempt);

        [LoggerMessage(LogLevel.Warning, "The node's lease is over, stopping its agents")]
        public static partial void LeaseOver(ILogger logger);
    }
}
