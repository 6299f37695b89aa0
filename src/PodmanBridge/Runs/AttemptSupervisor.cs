using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Git;
using Stromboli.PodmanBridge.Podman;
using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>Takes one attempt from its preparation to its end: one task that goes forward, which a cause may end at any moment.</summary>
internal sealed partial class AttemptSupervisor : IAsyncDisposable
{
    /// <summary>From TERM to KILL. With it, the end is stored within two seconds of a deadline or a cancel.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    /// <summary>What the shim gets beyond its own grace before the engine kills the container under it.</summary>
    private static readonly TimeSpan StopBackstop = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a started container may take until its shim calls.</summary>
    private static readonly TimeSpan HelloDeadline = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private readonly AttemptServices _services;
    private readonly AttemptDirectory _directory;
    private readonly AttemptState _state;
    private readonly AttemptSandbox _sandbox;
    private readonly ILogger _logger;
    private readonly AttemptSignals _signals;
    private readonly CancellationTokenSource _closing = new();
    private Task _running = Task.CompletedTask;
    private volatile AttemptSpec? _wanted;
    private bool _released;
    private volatile bool _cleaned;
    private volatile bool _freed;

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
        };
    }

    /// <summary>The attempt.</summary>
    public AttemptKey Key { get; }

    /// <summary>Begins an attempt that the node has not seen before.</summary>
    public static AttemptSupervisor Begin(DesiredAttempt desired, AttemptServices services)
    {
        var spec = desired.Spec!;
        var user = services.Users.Take() ?? throw new InvalidOperationException("Every user number of the subordinate range is in use.");
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
        var supervisor = new AttemptSupervisor(record, directory, services);
        supervisor._running = Task.Run(() => supervisor._state.Ended ? supervisor.CleanUpAsync() : supervisor.RunAsync(adopted: true));
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

        _wanted = desired.Spec ?? _wanted;
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

    /// <summary>The operator has stored the end: the report may go, log and workspace stay.</summary>
    public void Collect() => _state.Collected();

    /// <summary>When the attempt ended, if its workspace and HOME are still there and its container is not; else null.</summary>
    public DateTimeOffset? FreeableSince => !_freed && _cleaned ? _state.EndedAt : null;

    /// <summary>Removes workspace and HOME of an attempt that is over, before its time: the disk is full. Its log stays.</summary>
    public async Task FreeAsync()
    {
        await _sandbox.RemoveVolumesAsync();
        _freed = true;
    }

    /// <summary>Ends the attempt if it runs and removes everything of it from the node.</summary>
    public async Task DropAsync()
    {
        End(EndCause.Dropped);
        await _closing.CancelAsync();
        await _running;
        await _sandbox.DropAsync();
        _directory.Delete();
        _services.Users.Release(_state.Record.UserID);
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
        try
        {
            await ForwardAsync(adopted);
        }
        catch (OperationCanceledException) when (_state.Ending.IsCancellationRequested)
        {
            await StopAsync();
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The next bridge goes on.
            return;
        }
        catch (AttemptRefusedException e)
        {
            Log.Refused(_logger, Key, e.Reason, e.Message);
            refusal = Refusal(e.Reason, e.Message);
            if (e.Reason == RunReason.NodeLost && !await TryVanishAsync())
            {
                return;
            }
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, Key);
            refusal = Refusal(RunReason.Crashed, $"The node could not run the attempt: {e.Message}");
            if ((adopted || _released) && !await TryVanishAsync())
            {
                return;
            }
        }

        await ConcludeAsync(refusal);
        await CleanUpAsync();
    }

    private async Task ForwardAsync(bool adopted)
    {
        var found = adopted ? await _sandbox.AdoptAsync(_state.Ending) : FoundContainer.None;
        if (found == FoundContainer.Exited)
        {
            return;
        }

        if (found == FoundContainer.Lost)
        {
            throw new AttemptRefusedException(RunReason.NodeLost, "The node no longer knows how the attempt went: its log was lost after it had been let go.");
        }

        if (found == FoundContainer.None)
        {
            RefuseIf(_wanted is { } wanted ? AttemptStart.UnknownOption(wanted, _services.Sandbox.CliVersion()) : null);
            RefuseIf(WorkspaceClone.Problem(_wanted, _services.Sandbox), RunReason.GitCloneFailed);
            // Credentials come with Go alone, so a run that pulls with some is prepared after it; all others while their record is written.
            var pull = _state.Record.Spec.PullsWithSecrets ? (await _signals.Go.WaitAsync(_state.Ending)).Secrets.PullCredentials : [];
            using var activity = BridgeTraces.Step("prepare", Key);
            await _sandbox.PrepareAsync(again: adopted, pull, _state.Ending);
        }

        var first = await Task.WhenAny(_signals.Hello, _signals.Over).WaitAsync(HelloDeadline, _services.Time, _state.Ending);
        if (first == _signals.Over)
        {
            return;
        }

        var hello = await _signals.Hello;
        if (hello.State == "waiting")
        {
            await _sandbox.CheckAsync(hello, _state.Ending);
            await _sandbox.CheckStorageAsync(_state.Ending);
            _state.Held();
        }
        else
        {
            _released = true;
            _state.Released(withHooks: hello.State == "hooks");
        }

        await Task.WhenAny(_signals.Go, _signals.Over).WaitAsync(_state.Ending);
        if (_signals.Go.IsCompletedSuccessfully)
        {
            var (spec, secrets) = await _signals.Go;
            await ReleaseAsync(hello, spec, secrets);
        }

        await _signals.Over.WaitAsync(_state.Ending);
    }

    private async Task ReleaseAsync(ShimHello hello, AttemptSpec spec, AttemptSecrets secrets)
    {
        // A link may bring what is wanted before its first grant, and without a lease no agent runs.
        await _services.Lease.WaitAsync(_state.Ending);
        _sandbox.Admit(secrets.Credential);
        if (hello.State != "waiting")
        {
            return;
        }

        secrets = await _services.Sandbox.Secrets.AddAsync(spec, secrets, _state.Ending);
        RefuseIf(AttemptStart.UnknownOption(spec, _services.Sandbox.CliVersion()) ?? AttemptStart.Problem(spec, secrets));
        if (!await new CloneStep(_services, _state, _directory, _signals).RunAsync(spec, secrets.Git, _closing.Token))
        {
            return;
        }

        _released = true;
        _state.Released(withHooks: spec.Hooks.Count > 0);
        BridgeTraces.Mark("let go", Key);
        _sandbox.Shim!.Go(() => AttemptStart.Build(spec, secrets, _services.Lease.Remaining));
    }

    private static void RefuseIf(string? problem, RunReason reason = RunReason.InvalidSpec)
    {
        if (problem is not null)
        {
            throw new AttemptRefusedException(reason, problem);
        }
    }

    private async Task StopAsync()
    {
        var cause = _state.Record.Cause;
        Log.Stopping(_logger, Key, cause);
        if (_released && cause != EndCause.Dropped)
        {
            _sandbox.Refuse();
            // What fills the disk gets no time to fill more of it.
            _sandbox.Shim!.Stop(cause == EndCause.StorageExceeded ? TimeSpan.Zero : StopGrace);
            await Task.WhenAny(_signals.Over, Task.Delay(StopGrace + StopBackstop, _services.Time));
        }

        await KillAsync();
    }

    // While the engine does not answer the shim may still do it.
    private async Task KillAsync()
    {
        while (!_signals.Over.IsCompleted)
        {
            try
            {
                await _sandbox.KillAsync();
                return;
            }
            catch (Exception e) when (e is PodmanException or OperationCanceledException)
            {
                Log.CleanUpFailed(_logger, e, Key);
                await Task.WhenAny(_signals.Over, Task.Delay(FirstPause, _services.Time));
            }
        }
    }

    private AttemptEndRecord Refusal(RunReason reason, string message) => new()
    {
        End = new AttemptEnd { Reason = reason, Message = message, EndedAgoMs = 0 },
        EndedAt = _services.Time.GetUtcNow(),
    };

    private async Task ConcludeAsync(AttemptEndRecord? refusal)
    {
        if (_state.Record.Cause == EndCause.Dropped)
        {
            return;
        }

        var end = refusal is null ? await ReadEndAsync() : await WithUsageAsync(refusal);
        _state.Conclude(end);
        Log.Ended(_logger, Key, end.End.Reason, end.End.Message);
    }

    private async Task<AttemptEndRecord> ReadEndAsync()
    {
        try
        {
            return await new AttemptEndReader(_directory, _sandbox, _services.Sandbox).ReadAsync(_state);
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, Key);
            return await WithUsageAsync(Refusal(RunReason.Crashed, $"The agent is gone, and how it ended cannot be read: {e.Message}"));
        }
    }

    // An agent that was let go by a former bridge may have spent before this one could not go on with it.
    private async Task<AttemptEndRecord> WithUsageAsync(AttemptEndRecord end)
    {
        try
        {
            return end with { End = end.End with { Usage = await new AttemptEndReader(_directory, _sandbox, _services.Sandbox).UsageAsync() } };
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, Key);
            return end;
        }
    }

    // Another attempt may follow the report at once: nothing of this one may run by then. False if this bridge stops before that is so.
    private async Task<bool> TryVanishAsync()
    {
        _state.Released(withHooks: false);
        await CleanUpAsync();
        return !_closing.IsCancellationRequested;
    }

    // The container goes at once; while the engine is away, as soon as it is back.
    private async Task CleanUpAsync()
    {
        for (var pause = FirstPause; !_closing.IsCancellationRequested; pause = pause < LastPause ? 2 * pause : LastPause)
        {
            try
            {
                await _sandbox.RemoveContainerAsync();
                _cleaned = true;
                return;
            }
            catch (Exception e)
            {
                Log.CleanUpFailed(_logger, e, Key);
                await Task.Delay(pause, _services.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {Attempt} is refused: {Reason}: {Message}")]
        public static partial void Refused(ILogger logger, AttemptKey attempt, RunReason reason, string message);

        [LoggerMessage(Level = LogLevel.Error, Message = "Attempt {Attempt} failed on this node")]
        public static partial void Failed(ILogger logger, Exception exception, AttemptKey attempt);

        [LoggerMessage(Level = LogLevel.Information, Message = "Attempt {Attempt} is stopped: {Cause}")]
        public static partial void Stopping(ILogger logger, AttemptKey attempt, EndCause? cause);

        [LoggerMessage(Level = LogLevel.Information, Message = "Attempt {Attempt} ended: {Reason}: {Message}")]
        public static partial void Ended(ILogger logger, AttemptKey attempt, RunReason reason, string message);

        [LoggerMessage(Level = LogLevel.Error, Message = "The container of attempt {Attempt} could not be removed")]
        public static partial void CleanUpFailed(ILogger logger, Exception exception, AttemptKey attempt);
    }
}
