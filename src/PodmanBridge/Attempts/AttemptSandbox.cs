using Stromboli.Crds.Runs;
using Stromboli.Gateway.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What one attempt has on the node: run directory with its sockets, volumes, container.</summary>
internal sealed class AttemptSandbox(
    AttemptRecord record,
    AttemptDirectory directory,
    SandboxServices services,
    Func<TimeSpan> lease,
    IShimReports reports
) : IAsyncDisposable
{
    private const UnixFileMode RunDirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(30);

    private readonly AttemptObjects _objects = new(record.Key, services);
    private readonly AttemptMounts _mounts = new(record, AttemptObjects.RunDirectoryOf(record.Key, services), services);
    private readonly AgentUser _user = AgentUser.Of(record.Spec, record.UserID);

    private AttemptStorage? _storage;
    private int _closed;

    /// <summary>The way to the shim; null while there is none.</summary>
    public ShimSocket? Shim { get; private set; }

    /// <summary>The way to the model; null while there is none.</summary>
    public ModelRun? Gateway { get; private set; }

    /// <summary>Called when the attempt asks its model for more than its budget.</summary>
    public required Action BudgetExceeded { get; init; }

    /// <summary>Called with the engine's id of the container, once it has one and before it is started.</summary>
    public required Action<string> ContainerKnown { get; init; }

    /// <summary>Called with what the container must have mounted, before it is made.</summary>
    public required Action<IReadOnlyList<ShimMount>> MountsMeant { get; init; }

    /// <summary>Called when the attempt has more on the disk than it may, with the sentence that says so.</summary>
    public required Action<string> StorageExceeded { get; init; }

    /// <summary>The container's name.</summary>
    public string Container => _objects.Names.Container;

    /// <summary>What HOME and workspace took of the disk when they were last measured, in bytes; null if they were not.</summary>
    public long? MeasuredBytes => _storage?.MeasuredBytes;

    /// <summary>
    /// Waits until no other attempt has the session of this one, if it takes part in one: until then it is not prepared, and not let go.
    /// </summary>
    public Task EnterSessionAsync(CancellationToken cancellationToken) =>
        record.Spec.Session is { } session ? services.Sessions.EnterAsync(session.UID, record.Key, cancellationToken) : Task.CompletedTask;

    /// <summary>Fetches the image, makes the container, checks what the engine made of it and starts it.</summary>
    /// <exception cref="RunRefusedException">It cannot run here, for a typed reason.</exception>
    /// <param name="again">Whether a former bridge may have begun the same, and left a container that never ran an agent.</param>
    /// <param name="pull">What the image's registry is shown.</param>
    /// <param name="cancellationToken">Gives up; what was made is removed with the attempt.</param>
    public async Task PrepareAsync(bool again, IReadOnlyList<PullCredential> pull, CancellationToken cancellationToken)
    {
        var spec = record.Spec;
        // The API refuses these paths before; a node does not rely on it.
        if ((MountPaths.Problem(spec.MountPath, spec.Workdir) ?? VolumePaths.Problem(spec)) is { } problem)
        {
            throw new RunRefusedException(RunReason.InvalidSpec, problem);
        }

        if (ProcessBound.Problem(spec, services.RunPids, services.Node) is { } tooMany)
        {
            throw new RunRefusedException(RunReason.PolicyDenied, tooMany);
        }

        services.Secrets.Demand(spec);
        await _mounts.OpenAsync(cancellationToken);
        using var image = await AttemptImage.FetchAsync(spec, pull, services, cancellationToken);
        await OpenAsync(cancellationToken);
        MountsMeant(_mounts.Describe());
        var wanted = ContainerSpec.Build(spec, Inputs(image.ID));
        using var slot = await services.Starts.EnterAsync(cancellationToken);
        try
        {
            await MakeAsync(wanted, again, slot, cancellationToken);
        }
        catch (PodmanException e) when (e.IsConflict && !again)
        {
            // Nobody but a bridge makes a container of this name: one that has lost its state since, and may have let the agent go.
            throw new RunRefusedException(
                RunReason.NodeLost,
                "The node no longer knows this attempt: its state was lost after its container had been made.",
                e
            );
        }
        catch (PodmanException e)
        {
            throw await services.UnfitAsync("The node's engine could not start the container", e, cancellationToken);
        }
    }

    private async Task MakeAsync(SpecGenerator wanted, bool again, IDisposable slot, CancellationToken cancellationToken)
    {
        if (again)
        {
            await _objects.RemoveContainerAsync(cancellationToken);
            File.Delete(directory.LogPath);
        }

        await MakeVolumesAsync(wanted, cancellationToken);
        if (await CheckedStart.MakeAsync(services.Podman.Containers, wanted, Shim!, slot, ContainerKnown, cancellationToken) is { } started)
        {
            Watch(started);
        }
    }

    private Task MakeVolumesAsync(SpecGenerator wanted, CancellationToken cancellationToken) =>
        record.Spec.Session is { } session
            ? services.Sessions.MakeVolumesAsync(session, record.Spec.Namespace, wanted.Volumes, _user.VolumeOwner, cancellationToken)
            : Task.WhenAll(
                wanted.Volumes.Select(volume =>
                    services.Podman.Volumes.CreateAsync(volume.Name, wanted.Labels, _user.VolumeOwner, cancellationToken)
                )
            );

    /// <summary>Looks for what a former bridge left and, if it runs, opens its sockets again.</summary>
    public async Task<FoundContainer> AdoptAsync(CancellationToken cancellationToken)
    {
        var found = await _objects.FindAsync(cancellationToken);
        if (record.Abandoned)
        {
            return FoundContainer.Lost;
        }

        if (found is { ID: var id, State: { Running: true, Pid: var pid } })
        {
            ContainerKnown(id);
            await OpenAsync(cancellationToken);
            Watch(found);
            Shim!.Expect(pid);
            return FoundContainer.Running;
        }

        using var log = await AttemptLog.ReadAsync(directory.LogPath, record.Spec, cancellationToken);
        return log.Claims ? FoundContainer.Exited
            : !log.Complete && (record.Released || HasLostItsLog(found)) ? FoundContainer.Lost
            : FoundContainer.None;
    }

    // The engine makes the log before it starts a container.
    private bool HasLostItsLog(ContainerInspection? found) =>
        found?.State?.StartedAt is { Year: > 1970 } && !File.Exists(directory.LogPath);

    /// <summary>Checks the shim's word, in every state that it may claim, against what the bridge meant and has on record.</summary>
    /// <exception cref="RunRefusedException">The container is another one than was meant, or cannot run the CLI.</exception>
    public Task CheckAsync(ShimHello hello, CancellationToken cancellationToken) => _mounts.CheckAsync(hello, cancellationToken);

    /// <summary>Tries whether what the attempt has on the disk can be measured, if that matters.</summary>
    /// <exception cref="RunRefusedException">It cannot.</exception>
    public Task CheckStorageAsync(CancellationToken cancellationToken) => _storage?.CheckAsync(cancellationToken) ?? Task.CompletedTask;

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

    /// <summary>Closes the gateway: nothing is spent any more.</summary>
    public void Refuse() => Gateway?.Refuse();

    /// <summary>Whether the engine says that the container runs; true also when it cannot be asked.</summary>
    public async Task<bool> IsRunningAsync()
    {
        using var deadline = CallDeadline();
        return await _objects.IsRunningAsync(deadline.Token);
    }

    /// <summary>Kills the container's first process and with it all others.</summary>
    public async Task KillAsync()
    {
        Refuse();
        using var deadline = CallDeadline();
        await _objects.KillAsync(deadline.Token);
    }

    /// <summary>Removes the container and the run directory. Log and volumes stay.</summary>
    public async Task RemoveContainerAsync()
    {
        using var deadline = CallDeadline();
        if (record.Spec.Git is not null)
        {
            await _objects.RemoveCloneAsync(deadline.Token);
        }

        await _objects.RemoveContainerAsync(deadline.Token);
        await DisposeAsync();
        _objects.RemoveRunDirectory();
        if (record.Spec.Session is { } session)
        {
            services.Sessions.Leave(session.UID, record.Key);
        }
    }

    /// <summary>Removes everything that the engine has of the attempt.</summary>
    public async Task DropAsync()
    {
        await RemoveContainerAsync();
        await RemoveVolumesAsync();
    }

    /// <summary>Removes the volumes of an attempt that has no container any more.</summary>
    public async Task RemoveVolumesAsync()
    {
        using var deadline = CallDeadline();
        await _objects.RemoveVolumesAsync(deadline.Token);
    }

    /// <summary>Lets go of the container without ending it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        _storage?.Dispose();
        _mounts.Dispose();
        if (Shim is not null)
        {
            await Shim.DisposeAsync();
        }

        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    private ContainerInputs Inputs(string imageID) =>
        new()
        {
            Installation = services.Installation(),
            Node = services.Node,
            UID = record.UID,
            Attempt = record.Attempt,
            User = _user,
            ImageID = imageID,
            RunDirectory = _objects.RunDirectory,
            ShimPath = services.ShimPath,
            ClaudeDirectory = record.Spec.Claude is null ? null : services.ClaudeDirectory,
            LogPath = directory.LogPath,
            Files = services.Files,
            EnforcedLimits = services.EnforcedLimits(),
        };

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var activity = BridgeTraces.Step("open sockets", record.Key);
        Directory.CreateDirectory(_objects.RunDirectory);
        File.SetUnixFileMode(_objects.RunDirectory, RunDirectoryMode);
        Shim = ShimSocket.Listen(
            _objects.RunDirectory,
            pid => services.CheckFirstProcess(pid, _mounts.Shim),
            lease,
            reports,
            services.Logger
        );
        Gateway = await services.Gateway.OpenAsync(
            new ModelRunOptions
            {
                Key = record.Key.ToString(),
                Namespace = record.Spec.Namespace,
                Betas = record.Spec.Claude?.Betas ?? [],
                SocketPath = Path.Combine(_objects.RunDirectory, AttemptStart.ModelSocket),
                Peers = new ContainerPeers(Shim.Pid),
                LedgerPath = directory.LedgerPath,
                Budget = record.Spec.Budget,
                BudgetExceeded = BudgetExceeded,
            },
            cancellationToken
        );
    }

    private void Watch(ContainerInspection started)
    {
        _storage = new AttemptStorage(record, directory, services, StorageExceeded);
        _storage.Watch(started);
    }

    private CancellationTokenSource CallDeadline() => new(CallPatience, services.Clock);
}
