using Stromboli.Gateway.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Pushes;
using Stromboli.Telemetry.Traces;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What one attempt has on the node while its agent lives: the container, the gateway to the model, the mounts, its space on the disk.
/// </summary>
internal sealed class AttemptSandbox(
    AttemptRecord record,
    AttemptDirectory directory,
    IShimContainer container,
    AttemptMounts mounts,
    AttemptStorage storage,
    AttemptVolumes volumes,
    ModelGateway gateway,
    AttemptGit git,
    ContainerSettings settings,
    TimeProvider clock
) : IAsyncDisposable
{
    /// <summary>The time that the shim gets beyond its own grace before the engine kills the container.</summary>
    private static readonly TimeSpan StopBackstop = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly string _runDirectory = settings.RunDirectoryOf(record.Key);
    private readonly AgentUser _user = AgentUser.Of(record.Spec, record.UserID);
    private int _closed;

    /// <summary>The record as this bridge found or created it.</summary>
    public AttemptRecord Record => record;

    /// <summary>The files of the attempt.</summary>
    public AttemptDirectory Directory => directory;

    /// <summary>The agent's container.</summary>
    public IShimContainer Container => container;

    /// <summary>The attempt's gateway; null if there is none.</summary>
    public ModelRun? Gateway { get; private set; }

    /// <summary>What the attempt cloned and pushed.</summary>
    public PushRecord Pushes => git.Record;

    /// <summary>Called when the attempt asks its model for more than its budget.</summary>
    public required Action BudgetExceeded { get; init; }

    /// <summary>
    /// The size of HOME and workspace on the disk when they were last measured, in bytes; null if they were not measured.
    /// </summary>
    public long? MeasuredBytes => storage.MeasuredBytes;

    /// <summary>How long one call to the engine may take while the attempt is being ended.</summary>
    public CancellationTokenSource CallDeadline() => new(CallTimeout, clock);

    /// <summary>Opens the files of the node that the run names, if the run may have them.</summary>
    /// <exception cref="RunRefusedException">The run may not have one of them, or it does not exist.</exception>
    public Task OpenHostPathsAsync(CancellationToken cancellationToken) => mounts.OpenAsync(cancellationToken);

    /// <summary>Opens the sockets of shim and gateway.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var activity = AttemptTraces.Part("open sockets", record);
        container.Listen();
        git.Open(container.Peers);
        Gateway = await gateway.OpenAsync(
            new ModelRunOptions
            {
                Key = record.Key.ToString(),
                Namespace = record.Spec.Namespace,
                Betas = record.Spec.Claude?.Betas ?? [],
                SocketPath = Path.Combine(_runDirectory, AttemptStart.ModelSocket),
                Peers = container.Peers,
                LedgerPath = directory.LedgerPath,
                Budget = record.Spec.Budget,
                BudgetExceeded = BudgetExceeded,
                Trace = RunTrace.AgentContext(record.UID, record.Attempt, record.Spec.TraceParent),
            },
            cancellationToken
        );
    }

    /// <summary>What the container that is about to be created must have mounted.</summary>
    /// <exception cref="IOException">One of the files does not exist.</exception>
    public IReadOnlyList<ShimMount> DescribeMounts() => mounts.Describe();

    /// <summary>Creates the container, checks what the engine made, and starts it.</summary>
    /// <exception cref="RunRefusedException">The attempt cannot run here, for a typed reason.</exception>
    public async Task StartAsync(string imageID, bool replaces, CancellationToken cancellationToken)
    {
        var inputs = settings.Inputs(record.Key, _user, imageID, _runDirectory, directory.LogPath) with
        {
            ClaudeDirectory = record.Spec.Claude is null ? null : settings.ClaudeDirectory,
        };
        var desired = ContainerSpec.Build(record.Spec, inputs);
        var plan = new ShimContainerPlan
        {
            Spec = desired,
            Replaces = replaces,
            MakeVolumesAsync = end => volumes.MakeAsync(record.Spec, desired, _user.VolumeOwner, end),
        };
        if (await container.StartAsync(plan, cancellationToken) is { } started)
        {
            storage.Watch(started);
        }
    }

    /// <summary>Looks for a container of an earlier bridge and, if it runs, opens its sockets again.</summary>
    public async Task<FoundContainer> LookAsync(CancellationToken cancellationToken)
    {
        var found = await container.FindAsync(cancellationToken);
        if (record.Abandoned)
        {
            return FoundContainer.Lost;
        }

        if (found is { State: { Running: true } })
        {
            await OpenAsync(cancellationToken);
            storage.Watch(found);
            container.Attach(found);
            return FoundContainer.Running;
        }

        using var log = new ShimLogRecords();
        await log.ReadOnAsync(directory.LogPath, cancellationToken);
        return log.Claims ? FoundContainer.Exited
            : !log.Complete && (record.Released || HasLostItsLog(found)) ? FoundContainer.Lost
            : FoundContainer.None;
    }

    /// <summary>Waits for the first message of the shim, and compares it with what the bridge planned and has on record.</summary>
    /// <returns>The first message; null if the container ended before it.</returns>
    /// <exception cref="RunRefusedException">The container differs from the plan, or cannot run the CLI.</exception>
    public async Task<ShimHello?> GreetAsync(CancellationToken cancellationToken)
    {
        if (await container.HelloAsync(cancellationToken) is not { } hello)
        {
            return null;
        }

        container.Trust(hello, await mounts.ExpectedAsync(hello, cancellationToken));
        mounts.Dispose();
        if (hello.State == ShimHello.Waiting)
        {
            await storage.CheckAsync(cancellationToken);
        }

        return hello;
    }

    /// <summary>Opens the gateways for the attempt, or closes that to the model if the attempt has no credential for it.</summary>
    public void Admit(ModelCredential? credential, GitCredential? gitCredential)
    {
        git.Admit(gitCredential);
        if (credential is null)
        {
            Gateway?.Refuse();
        }
        else
        {
            Gateway?.Admit(credential);
        }
    }

    /// <summary>Replaces the credential for the repository.</summary>
    public void Renew(GitCredential? gitCredential) => git.Renew(gitCredential);

    /// <summary>Cuts the agent's way to its repository.</summary>
    public ValueTask CloseGitAsync() => git.DisposeAsync();

    /// <summary>Stops everything that runs. After this nothing is spent.</summary>
    /// <param name="grace">The time from TERM to KILL, if the shim is asked before the engine kills; otherwise null.</param>
    /// <param name="bridgeStopping">Ends the wait for an engine that is away.</param>
    public async Task StopAsync(TimeSpan? grace, CancellationToken bridgeStopping)
    {
        Gateway?.Refuse();
        await git.DisposeAsync();
        if (grace is { } left)
        {
            container.Stop(left);
            await Task.WhenAny(container.Over, Task.Delay(AttemptLifecycle.StopGrace + StopBackstop, clock, bridgeStopping));
        }

        await container.KillAsync(bridgeStopping);
    }

    /// <summary>The clone of the attempt's repository.</summary>
    public WorkspaceClone CloneOf(AttemptSpec spec, GitCredential? credential) =>
        new()
        {
            Key = record.Key,
            Spec = spec,
            User = _user,
            LogPath = Path.Combine(directory.Path, "clone.log"),
            AgentLogPath = directory.LogPath,
            Credential = credential,
        };

    /// <summary>Closes the sockets and removes the container and the run directory. Log and volumes stay.</summary>
    /// <exception cref="PodmanException">The engine could not remove them.</exception>
    public async Task RemoveContainerAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        await container.RemoveAsync(cancellationToken);
    }

    /// <summary>Removes the volumes of the attempt.</summary>
    /// <exception cref="PodmanException">The engine could not remove them.</exception>
    public Task RemoveVolumesAsync(CancellationToken cancellationToken) => volumes.RemoveAsync(record.Key, cancellationToken);

    /// <summary>Detaches from the container without ending it.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await container.DisposeAsync();
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        storage.Dispose();
        mounts.Dispose();
        await git.DisposeAsync();
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    // The engine creates the log before it starts a container.
    private bool HasLostItsLog(ContainerInspection? found) =>
        found?.State?.StartedAt is { Year: > 1970 } && !File.Exists(directory.LogPath);
}

/// <summary>Creates what attempts have on the node.</summary>
internal sealed class AttemptSandboxes(
    string stateRoot,
    IShimContainers containers,
    ContainerSettings settings,
    AttemptVolumes volumes,
    HostPathGate hostPaths,
    ModelGateway gateway,
    AttemptGits gits,
    AttemptStorages storages,
    TimeProvider clock
)
{
    /// <summary>The sandbox of one attempt. Nothing of it exists on the node yet.</summary>
    public AttemptSandbox Create(AttemptRecord record, AttemptReports reports)
    {
        var directory = AttemptDirectory.Of(stateRoot, record.Key);
        var mounts = new AttemptMounts(record, settings, hostPaths);
        var container = containers.Create(
            new ShimContainerIdentity
            {
                Name = settings.NamesOf(record.Key).Container,
                Kind = "container",
                RunDirectory = settings.RunDirectoryOf(record.Key),
                LogPath = directory.LogPath,
                Shim = () => mounts.Shim,
                Released = reports.Released,
                Connected = () => AttemptTraces.Mark("shim connected", record),
                Started = hooks =>
                {
                    AttemptTraces.Mark("agent started", record);
                    reports.AgentStarted(HookReports.OfStarted(hooks));
                },
            }
        );
        return new AttemptSandbox(
            record,
            directory,
            container,
            mounts,
            storages.Create(record, directory, sentence => reports.CauseDecided(EndCause.StorageExceeded, sentence)),
            volumes,
            gateway,
            gits.Create(record.Key, record.Spec.Push, directory.Path, reports.Pushed),
            settings,
            clock
        )
        {
            BudgetExceeded = () => reports.CauseDecided(EndCause.BudgetExceeded, null),
        };
    }
}
