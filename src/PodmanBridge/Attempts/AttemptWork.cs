using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Pushes;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Does the work of one attempt's steps. Each method does one effect of <see cref="AttemptLifecycle"/> and decides nothing.
/// </summary>
internal sealed class AttemptWork(
    AttemptSandbox sandbox,
    AttemptReports reports,
    IAttemptImages images,
    AttemptAdmission admission,
    WorkspaceClones clones,
    WorkspacePublisher publisher,
    NodeSessions sessions,
    INodeLease lease,
    AttemptEndReader ends
) : IAsyncDisposable
{
    private readonly TaskCompletionSource<(AttemptSpec Spec, AttemptSecrets Secrets)> _go = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private (AttemptSpec Spec, AttemptSecrets Secrets)? _ready;

    /// <summary>The agent's container.</summary>
    public IShimContainer Container => sandbox.Container;

    /// <summary>What the attempt cloned and pushed; null if it did neither.</summary>
    public GitReport? Git => sandbox.Pushes.Report;

    /// <summary>Receives what comes with the operator's go. The secrets stay in memory.</summary>
    public void TakeGo(AttemptSpec spec, AttemptSecrets secrets) => _go.TrySetResult((spec, secrets));

    /// <summary>Receives the secrets of a go that is repeated: the credential for the repository may be a newer one.</summary>
    public void Renew(AttemptSecrets secrets) => sandbox.Renew(secrets.Git);

    /// <summary>Stores that an agent of the session has run, if the attempt has a session.</summary>
    /// <param name="record">What is on record of the attempt now.</param>
    /// <exception cref="IOException">The record cannot be stored.</exception>
    public void MarkSessionBegun(AttemptRecord record)
    {
        if (record.Spec.Session is { } session)
        {
            // A copy of a conversation does not become the session's.
            var moves = record.Spec.Claude is { ForkSession: not true, Continue: not true };
            sessions.Begun(session.UID, moves ? record.Spec.SessionID : null, record.ClonedCommit);
        }
    }

    /// <summary>Waits until no other attempt has the session of this one, if it is part of a session.</summary>
    public async Task<AttemptEvent> EnterSessionAsync(CancellationToken cancellationToken)
    {
        if (sandbox.Record.Spec.Session is { } session)
        {
            await sessions.EnterAsync(session.UID, sandbox.Record.Key, cancellationToken);
        }

        return new AttemptEvent.SessionEntered();
    }

    /// <summary>Looks for a container of an earlier bridge and, if it runs, opens its sockets again.</summary>
    public async Task<AttemptEvent> LookAsync(CancellationToken cancellationToken) =>
        new AttemptEvent.ContainerFound(await sandbox.LookAsync(cancellationToken));

    /// <summary>Fetches the image; creates, checks and starts the container.</summary>
    /// <param name="desired">What the operator wants to run, if it has said so. It holds more than the record.</param>
    /// <param name="replaces">Whether an earlier bridge may have begun the same work, and left a container that never ran an agent.</param>
    /// <param name="cancellationToken">Cancels the work. What was created is removed with the attempt.</param>
    public async Task<AttemptEvent> PrepareAsync(AttemptSpec? desired, bool replaces, CancellationToken cancellationToken)
    {
        var record = sandbox.Record;
        admission.DemandDesired(desired);
        // Credentials arrive only with the go, so a run that needs them to pull is prepared after it. All other runs are prepared while the
        // operator writes their record.
        var pull = record.Spec.PullsWithSecrets ? (await _go.Task.WaitAsync(cancellationToken)).Secrets.PullCredentials : [];
        using var activity = AttemptTraces.Step("prepare", record);
        admission.Demand(record.Spec);
        await sandbox.OpenHostPathsAsync(cancellationToken);
        using var image = await FetchAsync(record, pull, cancellationToken);
        await sandbox.OpenAsync(cancellationToken);
        reports.MountsDescribed(sandbox.DescribeMounts());
        using (AttemptTraces.Part("create and start", record))
        {
            await sandbox.StartAsync(image.ID, replaces, cancellationToken);
        }

        return new AttemptEvent.ContainerStarted();
    }

    /// <summary>Waits for the shim's first message, and compares it with what the bridge opened and has on record.</summary>
    public async Task<AttemptEvent> GreetAsync(CancellationToken cancellationToken) =>
        await sandbox.GreetAsync(cancellationToken) is { } hello
            ? new AttemptEvent.ShimGreeted(hello.State == ShimHello.Waiting, hello.State == ShimHello.Hooks)
            : new AttemptEvent.WorkEnded();

    /// <summary>Opens the model for an agent that runs already.</summary>
    public async Task<AttemptEvent> AdmitModelAsync(CancellationToken cancellationToken)
    {
        await AdmitAsync(cancellationToken);
        return new AttemptEvent.WorkEnded();
    }

    /// <summary>Prepares everything that the agent needs, including the clone of its workspace.</summary>
    /// <param name="isCloned">
    /// Whether the workspace was cloned during this boot. After a loss of power the most recent writes may be missing.
    /// </param>
    /// <param name="bridgeStopping">The bridge stops. The next one starts the clone over.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public async Task<AttemptEvent> PrepareGoAsync(bool isCloned, CancellationToken bridgeStopping, CancellationToken cancellationToken)
    {
        var (desired, given) = await AdmitAsync(cancellationToken);
        var (spec, secrets) = await admission.CompleteAsync(desired, given, cancellationToken);
        if (spec.Git is not null && !isCloned)
        {
            using var activity = AttemptTraces.Step("clone", sandbox.Record);
            var commit = await clones.RunAsync(sandbox.CloneOf(spec, secrets.Git), bridgeStopping, cancellationToken);
            sandbox.Pushes.Cloned(commit);
            reports.WorkspaceCloned(commit ?? "");
        }

        _ready = (spec, secrets);
        return new AttemptEvent.ReadyToGo(spec.Hooks.Count > 0);
    }

    /// <summary>Tells the shim to start hooks and agent.</summary>
    public void LetGo()
    {
        AttemptTraces.Mark("let go", sandbox.Record);
        var (spec, secrets) = _ready!.Value;
        Container.Go(() => AttemptStart.Build(spec, secrets, lease.Remaining));
    }

    /// <summary>Stops everything that runs.</summary>
    /// <param name="grace">The time from TERM to KILL, if the shim is asked first; otherwise null.</param>
    /// <param name="bridgeStopping">The bridge stops. The next one continues.</param>
    public Task StopAsync(TimeSpan? grace, CancellationToken bridgeStopping) => sandbox.StopAsync(grace, bridgeStopping);

    /// <summary>Finds out how an attempt ended. Nothing of it may run any more.</summary>
    public async Task<AttemptEndRecord> ReadEndAsync(AttemptRecord record, bool isPastDeadline, TimeSpan running) =>
        WithSession(await ends.ReadAsync(record, sandbox, isPastDeadline, running));

    /// <summary>Pushes what the agent left if it ended well and the run asks for that. Returns the end with what came of it.</summary>
    /// <param name="record">The record of the attempt.</param>
    /// <param name="end">The end so far.</param>
    /// <param name="bridgeStopping">The bridge stops. The next one continues.</param>
    public async Task<AttemptEndRecord> PublishAsync(AttemptRecord record, AttemptEndRecord end, CancellationToken bridgeStopping)
    {
        if (end.End.Reason != RunReason.Completed || record.Spec is not { Git: not null, Push.OnSuccess: not null })
        {
            return end;
        }

        using var activity = AttemptTraces.Step("push", record);
        await sandbox.CloseGitAsync();
        var outcome = await publisher.RunAsync(
            sandbox.CloneOf(record.Spec, credential: null),
            sandbox.Pushes,
            async cancellationToken => (await _go.Task.WaitAsync(cancellationToken)).Secrets.Git,
            bridgeStopping
        );
        return end with
        {
            End = end.End with
            {
                Reason = outcome.Succeeded ? end.End.Reason : RunReason.GitPushFailed,
                Message = outcome.Succeeded ? $"{end.End.Message} {outcome.Message}" : outcome.Message,
            },
        };
    }

    /// <summary>The end of an attempt that cannot run here, with its usage.</summary>
    public async Task<AttemptEndRecord> ReadRefusalAsync(AttemptRefusal refusal) =>
        WithSession(await ends.ReadRefusalAsync(refusal, sandbox));

    /// <summary>Removes the containers of agent and clone, and their run directories. Log and volumes stay.</summary>
    public async Task RemoveContainerAsync()
    {
        using var deadline = sandbox.CallDeadline();
        if (sandbox.Record.Spec.Git is not null)
        {
            await clones.RemoveAsync(sandbox.Record.Key, deadline.Token);
        }

        await sandbox.RemoveContainerAsync(deadline.Token);
        if (sandbox.Record.Spec.Session is { } session)
        {
            sessions.Leave(session.UID, sandbox.Record.Key);
        }
    }

    /// <summary>Removes the volumes of an attempt that has no container any more. Volumes of a session stay.</summary>
    public async Task RemoveVolumesAsync()
    {
        using var deadline = sandbox.CallDeadline();
        await sandbox.RemoveVolumesAsync(deadline.Token);
    }

    /// <summary>Closes the sockets without ending anything.</summary>
    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    private async Task<ImageUse> FetchAsync(
        AttemptRecord record,
        IReadOnlyList<PullCredential> credentials,
        CancellationToken cancellationToken
    )
    {
        using var activity = AttemptTraces.Part("pull", record);
        return await images.FetchAsync(record.Spec, credentials, cancellationToken);
    }

    // A link may bring the desired attempts before its first grant, and no agent runs without a lease.
    private async Task<(AttemptSpec Spec, AttemptSecrets Secrets)> AdmitAsync(CancellationToken cancellationToken)
    {
        var (spec, secrets) = await _go.Task.WaitAsync(cancellationToken);
        await lease.WaitAsync(cancellationToken);
        sandbox.Admit(secrets.Credential, secrets.Git);
        return (spec, secrets);
    }

    private AttemptEndRecord WithSession(AttemptEndRecord end) =>
        end with
        {
            End = end.End with { SessionBytes = sandbox.Record.Spec.Session is null ? null : sandbox.MeasuredBytes },
        };
}

/// <summary>Creates the objects that do the work of attempts.</summary>
internal interface IAttemptWorks
{
    /// <summary>Creates the object that does the work of one attempt.</summary>
    AttemptWork Create(AttemptRecord record, AttemptReports reports);
}

/// <inheritdoc cref="IAttemptWorks"/>
internal sealed class AttemptWorks(
    AttemptSandboxes sandboxes,
    IAttemptImages images,
    AttemptAdmission admission,
    WorkspaceClones clones,
    WorkspacePublisher publisher,
    NodeSessions sessions,
    INodeLease lease,
    AttemptEndReader ends
) : IAttemptWorks
{
    /// <inheritdoc/>
    public AttemptWork Create(AttemptRecord record, AttemptReports reports) =>
        new(sandboxes.Create(record, reports), reports, images, admission, clones, publisher, sessions, lease, ends);
}
