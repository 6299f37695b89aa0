using Stromboli.Gateway.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What one attempt has on the node while its agent lives: the container, the way to the model, the mounts, its place on the disk.
/// </summary>
internal sealed class AttemptSandbox(
    AttemptRecord record,
    AttemptDirectory directory,
    IShimContainer container,
    AttemptMounts mounts,
    AttemptStorage storage,
    AttemptVolumes volumes,
    ModelGateway gateway,
    ContainerSettings settings,
    TimeProvider clock
) : IAsyncDisposable
{
    /// <summary>What the shim gets beyond its own grace before the engine kills the container under it.</summary>
    private static readonly TimeSpan StopBackstop = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly string _runDirectory = settings.RunDirectoryOf(record.Key);
    private readonly AgentUser _user = AgentUser.Of(record.Spec, record.UserID);
    private int _closed;

    /// <summary>The record as this bridge found or began it.</summary>
    public AttemptRecord Record => record;

    /// <summary>The files of the attempt.</summary>
    public AttemptDirectory Directory => directory;

    /// <summary>The agent's container.</summary>
    public IShimContainer Container => container;

    /// <summary>The way to the model; null while there is none.</summary>
    public ModelRun? Gateway { get; private set; }

    /// <summary>Called when the attempt asks its model for more than its budget.</summary>
    public required Action BudgetExceeded { get; init; }

    /// <summary>What HOME and workspace took of the disk when they were last measured, in bytes; null if they were not.</summary>
    public long? MeasuredBytes => storage.MeasuredBytes;

    /// <summary>How long one call to the engine may take while the attempt is ended.</summary>
    public CancellationTokenSource CallDeadline() => new(CallTimeout, clock);

    /// <summary>Opens what the run names of the node, if it may have it.</summary>
    /// <exception cref="RunRefusedException">It may not, or it is not there.</exception>
    public Task OpenHostPathsAsync(CancellationToken cancellationToken) => mounts.OpenAsync(cancellationToken);

    /// <summary>Opens the sockets of shim and model.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var activity = AttemptTraces.Step("open sockets", record.Key);
        container.Listen();
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
            },
            cancellationToken
        );
    }

    /// <summary>What the container that is about to be created must have mounted.</summary>
    /// <exception cref="IOException">Something of it is not there.</exception>
    public IReadOnlyList<ShimMount> DescribeMounts() => mounts.Describe();

    /// <summary>Creates the container, checks what the engine made of it, and starts it.</summary>
    /// <exception cref="RunRefusedException">It cannot run here, for a typed reason.</exception>
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

    /// <summary>Looks for what an earlier bridge left and, if it runs, opens its sockets again.</summary>
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

    /// <summary>Waits for the first word of the shim, and checks it against what the bridge meant and has on record.</summary>
    /// <returns>The first word; null if the container ended before.</returns>
    /// <exception cref="RunRefusedException">The container is another one than was meant, or cannot run the CLI.</exception>
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

    /// <summary>Opens the gateway for the attempt, or closes it if the attempt has no credential.</summary>
    public void Admit(ModelCredential? credential)
    {
        if (credential is null)
        {
            Gateway?.Refuse();
        }
        else
        {
            Gateway?.Admit(credential);
        }
    }

    /// <summary>Stops what runs. From now on nothing is spent.</summary>
    /// <param name="grace">From TERM to KILL, if the shim is asked before the engine kills; else null.</param>
    /// <param name="bridgeStopping">Ends the wait for an engine that is away.</param>
    public async Task StopAsync(TimeSpan? grace, CancellationToken bridgeStopping)
    {
        Gateway?.Refuse();
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
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    public async Task RemoveContainerAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        await container.RemoveAsync(cancellationToken);
    }

    /// <summary>Removes the volumes of the attempt.</summary>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    public Task RemoveVolumesAsync(CancellationToken cancellationToken) => volumes.RemoveAsync(record.Key, cancellationToken);

    /// <summary>Lets go of the container without ending it.</summary>
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
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    // The engine makes the log before it starts a container.
    private bool HasLostItsLog(ContainerInspection? found) =>
        found?.State?.StartedAt is { Year: > 1970 } && !File.Exists(directory.LogPath);
}

/// <summary>Makes what attempts have on the node.</summary>
internal sealed class AttemptSandboxes(
    string stateRoot,
    IShimContainers containers,
    ContainerSettings settings,
    AttemptVolumes volumes,
    HostPathGate hostPaths,
    ModelGateway gateway,
    AttemptStorages storages,
    TimeProvider clock
)
{
    /// <summary>What one attempt has on the node. Nothing of it is made yet.</summary>
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
                Connected = () => AttemptTraces.Mark("shim connected", record.Key),
                Started = hooks =>
                {
                    AttemptTraces.Mark("agent started", record.Key);
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
            settings,
            clock
        )
        {
            BudgetExceeded = () => reports.CauseDecided(EndCause.BudgetExceeded, null),
        };
    }
}
