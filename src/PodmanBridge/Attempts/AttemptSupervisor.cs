using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Takes one attempt from its preparation to its end: one task that goes forward, which a cause may end at any moment.</summary>
internal sealed partial class AttemptSupervisor : IAsyncDisposable, IFinishedAttempt
{
    private readonly AttemptServices _services;
    private readonly AttemptDirectory _directory;
    private readonly AttemptState _state;
    private readonly AttemptSandbox _sandbox;
    private readonly ILogger _logger;
    private readonly AttemptSignals _signals;
    private readonly AttemptWay _way;
    private readonly AttemptStop _stop;
    private readonly AttemptConclusion _conclusion;
    private readonly CancellationTokenSource _closing = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _freed;
    private long? _keptBytes;

    private AttemptSupervisor(AttemptRecord record, AttemptDirectory directory, AttemptServices services)
    {
        Key = record.Key;
        _directory = directory;
        _services = services;
        _logger = services.Logger;
        _state = new AttemptState(record, directory, services);
        _signals = new AttemptSignals(_state, () => _ = OnShimLostAsync());
        _sandbox = new AttemptSandbox(record, directory, services.Sandbox, () => services.Lease.Remaining, _signals)
        {
            BudgetExceeded = () => _state.End(EndCause.BudgetExceeded),
            StorageExceeded = sentence => _state.End(EndCause.StorageExceeded, sentence),
            ContainerKnown = _signals.SetContainer,
            MountsMeant = _state.Meant,
        };
        _way = new AttemptWay(_state, directory, _sandbox, _signals, services, _closing.Token);
        _conclusion = new AttemptConclusion(_state, directory, _sandbox, services);
        _stop = new AttemptStop(_state, _sandbox, _signals, services, _closing.Token);
    }

    /// <summary>The attempt.</summary>
    public AttemptKey Key { get; }

    /// <summary>Begins an attempt that the node has not seen before.</summary>
    public static AttemptSupervisor Begin(DesiredAttempt desired, AttemptServices services)
    {
        var spec = desired.Spec!;
        var user =
            (spec.Session is { } session ? services.Sandbox.Sessions.Open(session) : services.Users.Take())
            ?? throw new InvalidOperationException("Every user number of the subordinate range is in use.");
        var directory = AttemptDirectory.Create(services.StateRoot, new AttemptKey(desired.UID, desired.Attempt));
        var record = new AttemptRecord
        {
            UID = desired.UID,
            Attempt = desired.Attempt,
            Spec = spec,
            UserID = user,
            BootID = services.BootID,
            Deadline = services.After(TimeSpan.FromMilliseconds(desired.RemainingMs ?? spec.TimeoutMs)),
        };
        directory.Write(record);
        var supervisor = new AttemptSupervisor(record, directory, services);
        // Its deadline is on record already.
        supervisor.Want(desired with { RemainingMs = null });
        supervisor._running = Task.Run(() => supervisor.RunAsync(adopted: false));
        return supervisor;
    }

    /// <summary>Goes on with an attempt that a former bridge left behind.</summary>
    public static AttemptSupervisor Adopt(AttemptRecord record, AttemptDirectory directory, AttemptServices services)
    {
        services.Users.Reserve(record.UserID);
        if ((record.Released || record.Abandoned) && record.Spec.Session is { } session && directory.ReadEnd() is null)
        {
            services.Sandbox.Sessions.Reserve(session.UID, record.Key);
        }

        var supervisor = new AttemptSupervisor(record, directory, services);
        supervisor._running = Task.Run(() =>
            supervisor._state.Ended ? supervisor._stop.CleanUpAsync() : supervisor.RunAsync(adopted: true)
        );
        return supervisor;
    }

    /// <summary>What the node sees of the attempt now.</summary>
    public AttemptObservation Observe() => _state.Observe();

    /// <summary>Takes what the operator wants now, if it is that the attempt runs.</summary>
    public void Want(DesiredAttempt desired)
    {
        if (desired.RemainingMs is { } remaining)
        {
            _state.SetRemaining(TimeSpan.FromMilliseconds(remaining));
        }

        _way.Want(desired.Spec);
        if (desired is { State: DesiredState.Go, Spec: { } spec, Secrets: { } secrets })
        {
            _signals.SetGo(spec, secrets);
        }
    }

    /// <summary>Ends the attempt, unless another cause came first or it is over.</summary>
    public void End(EndCause cause) => _state.End(cause);

    /// <summary>Tells the shim what is left of the node's lease; ends the attempt when nothing is.</summary>
    public void OnLease(TimeSpan remaining)
    {
        if (remaining <= TimeSpan.Zero)
        {
            End(EndCause.LeaseOver);
        }
        else
        {
            _sandbox.Shim?.RenewLease();
        }
    }

    /// <summary>The engine says that a container of this attempt, by its id, has died.</summary>
    public void OnContainerDied(string id) => _signals.SetDead(id);

    /// <summary>The operator has stored the end: the report goes, log and workspace stay.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Collect() => _state.Collected();

    /// <summary>The operator asks for the attempt, so it has no end of it on record, whatever it said before.</summary>
    public void NotCollected() => _state.NotCollected();

    /// <summary>What the node keeps of the attempt, if it is over and collected; else null.</summary>
    public KeptAttempt? Kept =>
        _state is { CollectedEnd: { } ended, Record.Spec.Namespace: var @namespace }
            ? new KeptAttempt(Key, @namespace, ended.EndedAt, _keptBytes ??= _directory.Bytes())
            : null;

    /// <inheritdoc/>
    public string Namespace => _state.Record.Spec.Namespace;

    /// <summary>When the attempt ended, if its container is gone; else null.</summary>
    public DateTimeOffset? FinishedAt => _stop.IsCleanedUp ? _state.EndedAt : null;

    /// <inheritdoc/>
    public DateTimeOffset EndedAt => FinishedAt ?? DateTimeOffset.MaxValue;

    /// <inheritdoc/>
    public bool HasVolumes => !_freed && _state.Record.Spec.Session is null;

    /// <inheritdoc/>
    public string LogPath => _directory.LogPath;

    /// <inheritdoc/>
    public async Task FreeAsync()
    {
        await _sandbox.RemoveVolumesAsync();
        _freed = true;
    }

    /// <inheritdoc/>
    public void FreeLog() => File.Delete(_directory.LogPath);

    /// <summary>Ends the attempt if it runs and removes everything of it from the node.</summary>
    public async Task DropAsync()
    {
        End(EndCause.Dropped);
        await _closing.CancelAsync();
        await _running;
        await _sandbox.DropAsync();
        _directory.Delete();
        if (_state.Record.Spec.Session is null)
        {
            _services.Users.Release(_state.Record.UserID);
        }

        await DisposeAsync();
    }

    /// <summary>Lets go of the attempt without ending it: a bridge that stops leaves its agents to the next one.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _sandbox.DisposeAsync();
        _state.Dispose();
    }

    // If the shim lives it dials again; if not, the engine says so, here as a second way beside its events.
    private async Task OnShimLostAsync()
    {
        if (!await _sandbox.IsRunningAsync())
        {
            _signals.SetOver();
        }
    }

    private async Task RunAsync(bool adopted)
    {
        AttemptEndRecord? refusal = null;
        // An agent of a former bridge's may run, whatever this one did.
        await using var early = adopted ? default : _state.Ending.Register(() => _ = _conclusion.ConcludeWhatNeverRanAsync(_way));
        try
        {
            await _way.GoAsync(adopted);
        }
        catch (OperationCanceledException) when (_state.Ending.IsCancellationRequested)
        {
            await _stop.StopAsync(_way.Released);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The next bridge goes on.
            return;
        }
        catch (RunRefusedException e)
        {
            Log.Refused(_logger, Key, e.Reason, e.Message);
            refusal = _conclusion.Refusal(e.Reason, e.Message);
            if (
                (e.Reason == RunReason.NodeLost || (e.Reason == RunReason.NodeUnfit && (adopted || _way.Released)))
                && !await TryVanishAsync()
            )
            {
                return;
            }

            // Remove whatever runs in the agent's place before the end is reported.
            if (e.Reason == RunReason.PolicyDenied && (adopted || _way.Released) && !await TryCleanUpAsync())
            {
                return;
            }
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, Key);
            // An agent of a former bridge's may have done half its work under a shim that no longer answers: that is not begun again
            // without being asked for.
            refusal = _conclusion.Refusal(
                adopted && e is TimeoutException ? RunReason.Crashed : RunReason.NodeUnfit,
                $"The node could not run the attempt: {e.Message}"
            );
            if ((adopted || _way.Released) && !await TryVanishAsync())
            {
                return;
            }
        }

        await _conclusion.ConcludeAsync(refusal);
        await _stop.CleanUpAsync();
    }

    // Another attempt may follow the report at once: nothing of this one may run by then. False if this bridge stops before that is so.
    private async Task<bool> TryVanishAsync()
    {
        _state.Abandoned();
        return await TryCleanUpAsync();
    }

    private async Task<bool> TryCleanUpAsync()
    {
        await _stop.CleanUpAsync();
        return !_closing.IsCancellationRequested;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} is refused: {Reason}: {Message}")]
        public static partial void Refused(ILogger logger, AttemptKey attempt, RunReason reason, string message);

        [LoggerMessage(LogLevel.Error, "Attempt {Attempt} failed on this node")]
        public static partial void Failed(ILogger logger, Exception exception, AttemptKey attempt);
    }
}
