using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// How far one attempt is, in memory and on disk. Causes that end it race; the first one decided is on disk before anybody learns of it,
/// and is the one that counts.
/// </summary>
internal sealed partial class AttemptState : IDisposable
{
    private readonly AttemptDirectory _directory;
    private readonly AttemptServices _services;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly AttemptDeadline _deadline;
    private AttemptRecord _record;
    private AttemptEndRecord? _end;
    private AttemptStage _stage;
    private IReadOnlyList<HookReport>? _hooks;

    public AttemptState(AttemptRecord record, AttemptDirectory directory, AttemptServices services)
    {
        _record = record;
        _directory = directory;
        _services = services;
        _end = directory.ReadEnd() is { } end ? Needed(end) : null;
        _stage = _end is null ? AttemptStage.Preparing : AttemptStage.Ended;
        _deadline = new AttemptDeadline(services.Clock, () => Record.Deadline, () => End(EndCause.TimedOut));
        if (_end is null)
        {
            _deadline.Arm();
        }

        if (record.Cause is not null)
        {
            _ending.Cancel();
        }
    }

    /// <summary>What is on disk.</summary>
    public AttemptRecord Record
    {
        get
        {
            lock (_lock)
            {
                return _record;
            }
        }
    }

    /// <summary>Whether the end is stored.</summary>
    public bool Ended
    {
        get
        {
            lock (_lock)
            {
                return _end is not null;
            }
        }
    }

    /// <summary>When it ended, by the node's wall clock; null while it has not.</summary>
    public DateTimeOffset? EndedAt
    {
        get
        {
            lock (_lock)
            {
                return _end?.EndedAt;
            }
        }
    }

    /// <summary>The end, once it is collected; null before.</summary>
    public AttemptEndRecord? CollectedEnd
    {
        get
        {
            lock (_lock)
            {
                return _end is { Collected: true } ? _end : null;
            }
        }
    }

    /// <summary>Cancelled once a cause is decided.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Whether the deadline is over.</summary>
    public bool PastDeadline => Record.BootID == _services.BootID && _deadline.Left <= TimeSpan.Zero;

    /// <summary>Since the agent's process started; zero if it never did.</summary>
    public TimeSpan Running
    {
        get
        {
            lock (_lock)
            {
                return TimeSpan.FromMilliseconds(RunningMs() ?? 0);
            }
        }
    }

    /// <summary>What the node sees of the attempt now; of one that is collected only its key.</summary>
    public AttemptObservation Observe()
    {
        lock (_lock)
        {
            if (_end is { Collected: true })
            {
                return new AttemptObservation
                {
                    UID = _record.UID,
                    Attempt = _record.Attempt,
                    Stage = AttemptStage.Collected,
                };
            }

            var now = _services.Clock.GetUtcNow();
            return new AttemptObservation
            {
                UID = _record.UID,
                Attempt = _record.Attempt,
                Stage = _stage,
                Hooks = _end is null ? _hooks : _end.Hooks,
                StartedAgoMs = _end is { } ended ? Ago(now, ended.StartedAt) : RunningMs(),
                End = _end is null ? null : _end.End with { EndedAgoMs = Ago(now, _end.EndedAt)!.Value },
            };
        }
    }

    /// <summary>Sets the deadline by the operator's clock.</summary>
    public void SetRemaining(TimeSpan remaining)
    {
        lock (_lock)
        {
            if (_end is not null || _record.Cause is not null)
            {
                return;
            }

            Keep(_record with { Deadline = _services.After(remaining) });
        }

        _deadline.Arm();
    }

    /// <summary>Decides the cause of the end, unless another one came first or the attempt is over.</summary>
    public void End(EndCause cause, string? detail = null)
    {
        lock (_lock)
        {
            // Whatever else was decided, nobody waits for the end of a dropped attempt: it is the one cause that may follow another.
            if (_end is not null || (_record.Cause is not null && cause != EndCause.Dropped))
            {
                return;
            }

            Keep(_record with { Cause = cause, CauseDetail = detail });
        }

        _ending.Cancel();
    }

    /// <summary>The shim is up and waits.</summary>
    public void Held() => Advance(AttemptStage.Held);

    /// <summary>The workspace is cloned; on disk before the agent may start in it, so that no later bridge clones over its work.</summary>
    public void Cloned()
    {
        lock (_lock)
        {
            Keep(_record with { ClonedInBoot = _services.BootID });
        }
    }

    /// <summary>Stores what the container must have mounted, before the container is made, so that a later bridge can compare.</summary>
    public void Meant(IReadOnlyList<ShimMount> mounts)
    {
        lock (_lock)
        {
            Keep(_record with { Mounts = mounts });
        }
    }

    /// <summary>It is about to be let go: its hooks or its agent may run from now on, whatever becomes of this process.</summary>
    /// <param name="withHooks">Whether there are hooks to run first.</param>
    /// <exception cref="RunRefusedException">The release cannot be stored: a later bridge would not believe the agent.</exception>
    public void Released(bool withHooks)
    {
        lock (_lock)
        {
            if (!_record.Released)
            {
                KeepReleased();
            }
        }

        if (withHooks)
        {
            Advance(AttemptStage.Hooks);
        }
    }

    /// <summary>Gives the attempt up because its end cannot be known. A later bridge neither continues it nor believes its log.</summary>
    public void Abandoned()
    {
        lock (_lock)
        {
            Keep(_record with { Abandoned = true });
        }
    }

    /// <summary>The agent's process runs.</summary>
    /// <param name="hooks">What became of the hooks before it; null if there were none.</param>
    public void Started(IReadOnlyList<HookReport>? hooks = null)
    {
        Begun();
        lock (_lock)
        {
            _hooks ??= hooks;
            if (_record.StartedAt is null)
            {
                Keep(_record with { StartedAt = _services.Clock.GetTimestamp() });
            }
        }

        Advance(AttemptStage.Running);
    }

    /// <summary>Stores the end; false if it has one already, which stays.</summary>
    public bool Conclude(AttemptEndRecord end)
    {
        if (end.StartedAt is not null)
        {
            Begun();
        }

        lock (_lock)
        {
            if (_end is not null)
            {
                return false;
            }

            _end = end;
            _hooks = null;
            Store(() => _directory.Write(end));
            _stage = AttemptStage.Ended;
        }

        _services.Changes.Add(Record.Key);
        return true;
    }

    /// <summary>The operator has stored the end: what only it needs goes, from memory and from the disk.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Collected()
    {
        lock (_lock)
        {
            if (_end is not { Collected: false } end)
            {
                return false;
            }

            _end = Needed(end with { Collected = true });
            Store(() => _directory.Write(_end));
            return true;
        }
    }

    /// <summary>
    /// The operator has no end on record after all, as when its cluster was set back to an older state: the end is told again, without what
    /// went when it was collected.
    /// </summary>
    public void NotCollected()
    {
        lock (_lock)
        {
            if (_end is not { Collected: true } end)
            {
                return;
            }

            _end = end with { Collected = false };
            Store(() => _directory.Write(_end));
        }

        _services.Changes.Add(Record.Key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadline.Dispose();
        _ending.Dispose();
    }

    // Its hooks and its clone are not made again.
    private void Begun()
    {
        if (Record.Spec.Session is { } session)
        {
            Store(() => _services.Sandbox.Sessions.Begun(session.UID));
        }
    }

    private void Advance(AttemptStage stage)
    {
        lock (_lock)
        {
            if (_stage >= stage)
            {
                return;
            }

            _stage = stage;
        }

        _services.Changes.Add(Record.Key);
    }

    // Also of an end that an older bridge stored.
    private static AttemptEndRecord Needed(AttemptEndRecord end) =>
        end.Collected ? end with { Hooks = null, End = end.End with { Result = null, Structured = null } } : end;

    // To be called under the lock.
    private void KeepReleased()
    {
        var released = _record with { Released = true };
        try
        {
            _directory.Write(released);
            _record = released;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunRefusedException(
                RunReason.Crashed,
                $"The node could not store that the agent may start, so it was not started: {e.Message}",
                e
            );
        }
    }

    // To be called under the lock.
    private void Keep(AttemptRecord record)
    {
        _record = record;
        Store(() => _directory.Write(record));
    }

    // A full disk must end no agent and no link: what could not be stored still holds in this process, and the log tells the next one how
    // it ended.
    private void Store(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotStored(_services.Logger, _record.Key, e.Message);
        }
    }

    private long? RunningMs() =>
        _record.StartedAt is { } started && _record.BootID == _services.BootID
            ? (long)_services.Clock.GetElapsedTime(started).TotalMilliseconds
            : null;

    private static long? Ago(DateTimeOffset now, DateTimeOffset? then) =>
        then is { } at ? Math.Max(0, (long)(now - at).TotalMilliseconds) : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The state of attempt {Attempt} could not be stored: {Error}")]
        public static partial void NotStored(ILogger logger, AttemptKey attempt, string error);
    }
}
