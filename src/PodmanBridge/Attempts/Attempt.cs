using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// One attempt. Owns its state and the lock around it, feeds events to <see cref="AttemptLifecycle"/>, and performs the effects. Records
/// are stored under the lock, before anything else of the same transition. All other work runs outside the lock and ends as an event.
/// </summary>
internal sealed partial class Attempt : IAsyncDisposable, IFinishedAttempt
{
    /// <summary>
    /// How long the engine has to stop an attempt that never ran before the end is reported without it. With this bound, such an end is
    /// also stored within two seconds.
    /// </summary>
    private static readonly TimeSpan SlowStop = TimeSpan.FromMilliseconds(1500);

    private readonly Lock _lock = new();
    private readonly IAttemptStore _store;
    private readonly AttemptWork _work;
    private readonly AttemptNode _node;
    private readonly ILogger _logger;
    private readonly AttemptDeadline _deadline;
    private readonly AttemptTimeline _timeline;
    private readonly CancellationTokenSource _forward = new();
    private readonly CancellationTokenSource _bridgeStopping = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _concluded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AttemptState _state;
    private Task _removal = Task.CompletedTask;
    private AttemptSpec? _desired;
    private bool _goTaken;
    private long? _keptBytes;
    private volatile bool _volumesFreed;

    /// <summary>Creates an attempt as it is on disk. Nothing happens before <see cref="Take"/>.</summary>
    /// <param name="found">The record and the end on disk, and whether an earlier bridge began it.</param>
    /// <param name="store">The files of the attempt.</param>
    /// <param name="works">Creates the object that does the attempt's work.</param>
    /// <param name="node">What all attempts of the node share.</param>
    /// <param name="logger">The log.</param>
    public Attempt(AttemptState found, IAttemptStore store, IAttemptWorks works, AttemptNode node, ILogger logger)
    {
        _state = found;
        (_store, _node, _logger) = (store, node, logger);
        Key = found.Record.Key;
        _timeline = new AttemptTimeline(found, node.Clock);
        _work = works.Create(
            found.Record,
            new AttemptReports
            {
                Released = () => State.Record.Released,
                MountsDescribed = mounts => Feed(new AttemptEvent.MountsDescribed(mounts)),
                WorkspaceCloned = commit => Feed(new AttemptEvent.WorkspaceCloned(node.BootID, commit)),
                Pushed = () => node.Changes.Add(Key),
                AgentStarted = hooks => Feed(new AttemptEvent.AgentStarted(hooks, node.Clock.GetTimestamp())),
                CauseDecided = (cause, detail) => Feed(new AttemptEvent.CauseDecided(cause, detail)),
            }
        );
        _deadline = new AttemptDeadline(
            node.Clock,
            () => State.Record.Deadline,
            () => Feed(new AttemptEvent.CauseDecided(EndCause.TimedOut))
        );
        _ = WatchContainerAsync();
    }

    /// <summary>The attempt.</summary>
    public AttemptKey Key { get; }

    /// <summary>Completes when the attempt was dropped and nothing of it is left.</summary>
    public Task Gone => _gone.Task;

    /// <summary>What the node keeps of the attempt, if it is over and collected; otherwise null.</summary>
    public KeptAttempt? Kept =>
        State is { End: { Collected: true, EndedAt: var endedAt } }
            ? new KeptAttempt(Key, Namespace, endedAt, _keptBytes ??= _store.Bytes())
            : null;

    /// <summary>Completes when the attempt's end is stored, or the attempt was dropped without one. The log does not grow after that.</summary>
    public Task Concluded => _concluded.Task;

    /// <summary>Whether hooks or agent may have started.</summary>
    public bool Released => State.Record.Released;

    /// <summary>Whether the agent is the Claude Code CLI.</summary>
    public bool IsClaude => State.Record.Spec.Claude is not null;

    /// <inheritdoc/>
    public string Namespace => State.Record.Spec.Namespace;

    /// <summary>What is on record of the attempt.</summary>
    public AttemptRecord Record => State.Record;

    /// <summary>When the attempt ended, if its container is gone; otherwise null.</summary>
    public DateTimeOffset? FinishedAt => State is { Step: AttemptStep.Done, End: { EndedAt: var endedAt } } ? endedAt : null;

    /// <inheritdoc/>
    public DateTimeOffset EndedAt => FinishedAt ?? DateTimeOffset.MaxValue;

    /// <inheritdoc/>
    public bool HasVolumes => !_volumesFreed && State.Record.Spec.Session is null;

    /// <inheritdoc/>
    public string LogPath => _store.LogPath;

    /// <summary>The step that the bridge is at with the attempt.</summary>
    internal AttemptStep Step => State.Step;

    private AttemptState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Begins the attempt, or continues where an earlier bridge left it.</summary>
    public void Take() => Feed(new AttemptEvent.Taken());

    /// <summary>What the node reports to the operator about the attempt now.</summary>
    public AttemptObservation Observe()
    {
        lock (_lock)
        {
            var observation = _state.Observe(_node.Clock.GetUtcNow(), RunningMs(_state.Record));
            return observation.Stage == AttemptStage.Collected ? observation : observation with { Git = _work.Git };
        }
    }

    /// <summary>The operator wants the attempt to run: first held back, later with the secrets that let it go.</summary>
    public void Apply(DesiredAttempt desired)
    {
        Feed(new AttemptEvent.NotCollected());
        if (desired.RemainingMs is { } remaining)
        {
            Feed(new AttemptEvent.DeadlineMoved(_node.After(TimeSpan.FromMilliseconds(remaining))));
        }

        lock (_lock)
        {
            _desired = desired.Spec ?? _desired;
            if (desired is not { State: DesiredState.Go, Spec: not null, Secrets: not null })
            {
                return;
            }

            if (_goTaken)
            {
                _work.Renew(desired.Secrets);
                return;
            }

            _goTaken = true;
            _work.TakeGo(desired.Spec, desired.Secrets);
            Feed(new AttemptEvent.GoReceived());
        }
    }

    /// <summary>Ends the attempt, unless another cause came first or it is over.</summary>
    public void End(EndCause cause)
    {
        Feed(new AttemptEvent.NotCollected());
        Feed(new AttemptEvent.CauseDecided(cause));
    }

    /// <summary>Tells the shim how much of the node's lease is left. Ends the attempt when nothing is left.</summary>
    public void OnLease(TimeSpan remaining)
    {
        if (remaining <= TimeSpan.Zero)
        {
            Feed(new AttemptEvent.CauseDecided(EndCause.LeaseOver));
        }
        else
        {
            _work.Container.RenewLease();
        }
    }

    /// <summary>The engine reports that a container of this attempt, given by its id, has died.</summary>
    public void OnContainerDied(string id) => _work.Container.OnDied(id);

    /// <summary>The operator has stored the end. The report is removed; log and workspace stay.</summary>
    /// <returns>Whether this was not known before.</returns>
    public bool Collect()
    {
        lock (_lock)
        {
            var isNews = _state.End is { Collected: false };
            Feed(new AttemptEvent.Collected());
            return isNews;
        }
    }

    /// <summary>
    /// Ends the attempt if it runs and removes everything of it from the node. <see cref="Gone"/> completes when that is done.
    /// </summary>
    public void Drop() => Feed(new AttemptEvent.Dropped());

    /// <inheritdoc/>
    public async Task FreeAsync()
    {
        await _work.RemoveVolumesAsync();
        _volumesFreed = true;
    }

    /// <inheritdoc/>
    public void FreeLog() => File.Delete(LogPath);

    /// <summary>Detaches from the attempt without ending it: a bridge that stops leaves its agents to the next one.</summary>
    public async ValueTask DisposeAsync()
    {
        Feed(new AttemptEvent.BridgeStopping());
        await _bridgeStopping.CancelAsync();
        await _forward.CancelAsync();
        _deadline.Dispose();
        if (State.IsDropped)
        {
            // A removal that is under way is not interrupted. The next bridge knows of the container and starts its removal again.
            await _removal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _work.DisposeAsync();
    }

    private void Feed(AttemptEvent happened)
    {
        lock (_lock)
        {
            var (next, effects) = AttemptLifecycle.Next(_state, happened);
            if (effects is [AttemptEffect.StoreRecord { Required: true }, ..] && NotStored(next.Record) is { } problem)
            {
                Feed(new AttemptEvent.ReleaseNotStored(problem));
                return;
            }

            _timeline.Changed(_state, next);
            _state = next;
            foreach (var effect in effects)
            {
                Perform(effect);
            }

            if (_state is { End: not null } or { Step: AttemptStep.Gone })
            {
                _concluded.TrySetResult();
            }
        }
    }

    // The caller holds the lock. Starts what takes time, and does the rest at once.
    private void Perform(AttemptEffect effect)
    {
        switch (effect)
        {
            case AttemptEffect.StoreRecord { Required: true }:
                break;
            case AttemptEffect.StoreRecord:
                Store(() => _store.Write(_state.Record));
                break;
            case AttemptEffect.StoreEnd:
                Store(() => _store.Write(_state.End!));
                break;
            case AttemptEffect.MarkSessionBegun:
                Store(() => _work.MarkSessionBegun(_state.Record));
                break;
            case AttemptEffect.Report:
                _node.Changes.Add(Key);
                break;
            case AttemptEffect.ArmDeadline:
                _deadline.Arm();
                break;
            case AttemptEffect.AwaitSlowStop:
                _ = Task.Run(AwaitSlowStopAsync);
                break;
            case AttemptEffect.EnterSession:
                BeginWork(_work.EnterSessionAsync);
                break;
            case AttemptEffect.Look:
                BeginWork(_work.LookAsync);
                break;
            case AttemptEffect.Prepare prepare:
                var desired = _desired;
                BeginWork(cancellationToken => _work.PrepareAsync(desired, prepare.Replaces, cancellationToken));
                break;
            case AttemptEffect.Greet:
                BeginWork(_work.GreetAsync);
                break;
            case AttemptEffect.AdmitModel:
                BeginWork(_work.AdmitModelAsync);
                break;
            case AttemptEffect.PrepareGo:
                var isCloned = _state.Record.ClonedInBoot == _node.BootID;
                BeginWork(cancellationToken => _work.PrepareGoAsync(isCloned, _bridgeStopping.Token, cancellationToken));
                break;
            case AttemptEffect.LetGo:
                _work.LetGo();
                break;
            case AttemptEffect.CancelWork:
                // Cancels asynchronously: the cancelled work would otherwise continue under the lock.
                _ = _forward.CancelAsync();
                break;
            case AttemptEffect.Stop stop:
                Log.Stopping(_logger, Key, _state.Record.Cause);
                _ = Task.Run(async () =>
                {
                    await _work.StopAsync(stop.Grace, _bridgeStopping.Token);
                    Feed(new AttemptEvent.Stopped());
                });
                break;
            case AttemptEffect.ReadEnd read:
                var state = _state;
                _ = Task.Run(() => ReadEndAsync(state, read.Refusal));
                break;
            case AttemptEffect.RemoveContainer:
                _removal = Task.Run(() => RemoveAsync(_work.RemoveContainerAsync, new AttemptEvent.ContainerRemoved()));
                break;
            case AttemptEffect.RemoveEverything:
                _removal = Task.Run(() => RemoveAsync(RemoveEverythingAsync, new AttemptEvent.EverythingRemoved()));
                break;
        }
    }

    private void BeginWork(Func<CancellationToken, Task<AttemptEvent>> work) =>
        _ = Task.Run(async () => Feed(await WorkAsync(work, _forward.Token)));

    private async Task<AttemptEvent> WorkAsync(Func<CancellationToken, Task<AttemptEvent>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new AttemptEvent.WorkEnded();
        }
        catch (RunRefusedException e)
        {
            Log.Refused(_logger, Key, e.Reason, e.Message);
            return new AttemptEvent.Refused(e.Reason, e.Message);
        }
        catch (Exception e)
        {
            if (!_bridgeStopping.IsCancellationRequested)
            {
                Log.Failed(_logger, e, Key);
            }

            return new AttemptEvent.Failed(e.Message, e is TimeoutException);
        }
    }

    private async Task WatchContainerAsync()
    {
        try
        {
            await _work.Container.Over;
            Feed(new AttemptEvent.ContainerOver());
        }
        catch (RunRefusedException e)
        {
            Log.Refused(_logger, Key, e.Reason, e.Message);
            Feed(new AttemptEvent.ShimDenied(e.Message));
        }
    }

    private async Task AwaitSlowStopAsync()
    {
        await Task.Delay(SlowStop, _node.Clock, _bridgeStopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Feed(new AttemptEvent.StopWasSlow());
    }

    private async Task ReadEndAsync(AttemptState state, AttemptRefusal? refusal)
    {
        var isPastDeadline = state.Record.BootID == _node.BootID && _deadline.Left <= TimeSpan.Zero;
        var running = TimeSpan.FromMilliseconds(RunningMs(state.Record) ?? 0);
        var end = refusal is null
            ? await _work.PublishAsync(state.Record, await _work.ReadEndAsync(state.Record, isPastDeadline, running), _bridgeStopping.Token)
            : await _work.ReadRefusalAsync(refusal);
        Log.Ended(_logger, Key, end.End.Reason, end.End.Message);
        Feed(new AttemptEvent.EndKnown(end));
    }

    // Removes at once or, while the engine is away, as soon as it is back. Gives up only when the bridge stops.
    private async Task RemoveAsync(Func<Task> remove, AttemptEvent removed)
    {
        if (await Retry.Patient.RunAsync(remove, e => Log.NotRemoved(_logger, e, Key), _node.Clock, _bridgeStopping.Token))
        {
            Feed(removed);
            if (removed is AttemptEvent.EverythingRemoved)
            {
                _gone.TrySetResult();
            }
        }
    }

    private async Task RemoveEverythingAsync()
    {
        await _work.RemoveContainerAsync();
        await _work.RemoveVolumesAsync();
        _store.Delete();
        var record = State.Record;
        if (record.Spec.Session is null)
        {
            _node.Users.Release(record.UserID);
        }
    }

    private string? NotStored(AttemptRecord record)
    {
        try
        {
            _store.Write(record);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    // A full disk must not end an agent or a link. A record that could not be stored still holds in this process, and the log tells the
    // next bridge how the attempt ended.
    private void Store(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotStored(_logger, Key, e.Message);
        }
    }

    private long? RunningMs(AttemptRecord record) =>
        record.StartedAt is { } started && record.BootID == _node.BootID
            ? (long)_node.Clock.GetElapsedTime(started).TotalMilliseconds
            : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Refusing attempt {Attempt}: {Reason}: {Message}")]
        public static partial void Refused(ILogger logger, AttemptKey attempt, RunReason reason, string message);

        [LoggerMessage(LogLevel.Error, "Attempt {Attempt} failed on this node")]
        public static partial void Failed(ILogger logger, Exception exception, AttemptKey attempt);

        [LoggerMessage(LogLevel.Information, "Stopping attempt {Attempt}: {Cause}")]
        public static partial void Stopping(ILogger logger, AttemptKey attempt, EndCause? cause);

        [LoggerMessage(LogLevel.Information, "Attempt {Attempt} ended: {Reason}: {Message}")]
        public static partial void Ended(ILogger logger, AttemptKey attempt, RunReason reason, string message);

        [LoggerMessage(LogLevel.Error, "What attempt {Attempt} has on the node could not be removed, retrying")]
        public static partial void NotRemoved(ILogger logger, Exception exception, AttemptKey attempt);

        [LoggerMessage(LogLevel.Error, "The state of attempt {Attempt} could not be stored: {Error}")]
        public static partial void NotStored(ILogger logger, AttemptKey attempt, string error);
    }
}

/// <summary>What all attempts of a node share.</summary>
/// <param name="StateRoot">The folder of the attempts' folders.</param>
/// <param name="BootID">The kernel's id of the present boot.</param>
/// <param name="Users">The users of workspaces.</param>
/// <param name="Changes">The observations that the operator has not received yet.</param>
/// <param name="Clock">Time, with timestamps of CLOCK_BOOTTIME.</param>
internal sealed record AttemptNode(string StateRoot, string BootID, WorkspaceUsers Users, AttemptChanges Changes, TimeProvider Clock)
{
    /// <summary>The timestamp at which the given time from now has passed.</summary>
    public long After(TimeSpan time) => Clock.GetTimestamp() + (long)(time.TotalSeconds * Clock.TimestampFrequency);
}

/// <summary>Receives what the work of an attempt reports while it is under way.</summary>
internal sealed record AttemptReports
{
    /// <summary>Whether it is on record that the attempt was let go.</summary>
    public required Func<bool> Released { get; init; }

    /// <summary>Stores what the container must have mounted, before it is created, so that a later bridge can compare.</summary>
    public required Action<IReadOnlyList<ShimMount>> MountsDescribed { get; init; }

    /// <summary>
    /// Stores that the workspace is cloned, and which commit, before an agent may start in it, so that a later bridge does not clone over the
    /// agent's work. The commit is empty for a repository without commits.
    /// </summary>
    public required Action<string> WorkspaceCloned { get; init; }

    /// <summary>The agent pushed something. It is on disk already.</summary>
    public required Action Pushed { get; init; }

    /// <summary>The agent's process runs, after any hooks.</summary>
    public required Action<IReadOnlyList<HookReport>?> AgentStarted { get; init; }

    /// <summary>Something ends the attempt. The detail is what to report beyond the cause's name.</summary>
    public required Action<EndCause, string?> CauseDecided { get; init; }
}
