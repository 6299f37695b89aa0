using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Gateway;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Podman;
using Stromboli.PodmanBridge.Podman.Models;
using Stromboli.PodmanBridge.Sandbox;
using Stromboli.PodmanBridge.Sandbox.Oci;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>What one attempt has on the node: run directory with its sockets, volumes, container.</summary>
internal sealed class AttemptSandbox(AttemptRecord record, AttemptDirectory directory, SandboxServices services, Func<TimeSpan> lease, IShimReports reports) : IAsyncDisposable
{
    private const UnixFileMode RunDirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogPause = TimeSpan.FromMilliseconds(5);

    private readonly string _runDirectory = Path.Combine(services.RunRoot, record.Key.ToString());
    private readonly ContainerNames _names = ContainerNames.Of(services.Installation(), record.UID, record.Attempt);

    private int _closed;

    /// <summary>The way to the shim; null while there is none.</summary>
    public ShimSocket? Shim { get; private set; }

    /// <summary>The way to the model; null while there is none.</summary>
    public GatewayRun? Gateway { get; private set; }

    private string Container => _names.Container;

    private string[] Volumes => [_names.Workspace, _names.Home];

    /// <summary>Fetches the image, makes the container, checks what the engine made of it and starts it.</summary>
    /// <exception cref="AttemptRefusedException">It cannot run here, for a typed reason.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var spec = record.Spec;
        var image = await FetchAsync(spec, cancellationToken);
        await OpenAsync(cancellationToken);
        var wanted = ContainerSpec.Build(spec, Inputs(image));
        using (await services.Starts.EnterAsync(cancellationToken))
        {
            try
            {
                await RemoveLeftoverAsync(cancellationToken);
                await Task.WhenAll(Volumes.Select(volume => services.Podman.Volumes.CreateAsync(volume, wanted.Labels!, cancellationToken)));
                await services.Podman.Containers.CreateAsync(wanted, cancellationToken);
                await CheckAsync(wanted, cancellationToken);
                await services.Podman.Containers.StartAsync(Container, cancellationToken);
                await ExpectShimAsync(wanted, cancellationToken);
            }
            catch (PodmanException e)
            {
                throw new AttemptRefusedException(RunReason.Crashed, $"The node's engine could not start the container: {e.PodmanMessage}", e);
            }
        }
    }

    /// <summary>Looks for what a former bridge left and, if it runs, opens its sockets again.</summary>
    public async Task<FoundContainer> AdoptAsync(CancellationToken cancellationToken)
    {
        var found = await services.Podman.Containers.InspectAsync(Container, cancellationToken);
        if (found?.State is { Running: true, Pid: var pid })
        {
            await OpenAsync(cancellationToken);
            Shim!.Expect(pid);
            return FoundContainer.Running;
        }

        return await EverStartedAsync(cancellationToken) ? FoundContainer.Exited : FoundContainer.None;
    }

    /// <summary>Checks the shim's word, before anything of the tenant's runs, against what the bridge meant.</summary>
    /// <exception cref="AttemptRefusedException">The container is another one than was meant, or cannot run the CLI.</exception>
    public void Check(ShimHello hello)
    {
        if (record.Spec.Claude is not null && ShimCheck.Cli(hello.Cli) is { } sentence)
        {
            throw new AttemptRefusedException(RunReason.ImageIncompatible, sentence);
        }

        if (ShimCheck.Mounts(hello.Mounts, OpenedMounts()) is { } difference)
        {
            throw new AttemptRefusedException(RunReason.PolicyDenied, $"The container is another one than was meant: {difference}.");
        }
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

    /// <summary>Closes the gateway: nothing is spent any more.</summary>
    public void Refuse() => Gateway?.Refuse();

    /// <summary>Whether the engine says that the container runs; true also when it cannot be asked.</summary>
    public async Task<bool> IsRunningAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(CallDeadline, services.Time);
            return await services.Podman.Containers.InspectAsync(Container, deadline.Token) is { State.Running: true };
        }
        catch (Exception e) when (e is PodmanException or OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Kills the container's first process and with it all others.</summary>
    public async Task KillAsync()
    {
        Refuse();
        using var deadline = new CancellationTokenSource(CallDeadline, services.Time);
        await services.Podman.Containers.KillAsync(Container, "SIGKILL", deadline.Token);
        await services.Podman.Containers.WaitAsync(Container, deadline.Token);
    }

    /// <summary>Decides how the attempt ended, by what shim, engine, gateway and agent left.</summary>
    public async Task<AttemptEndRecord> ReadEndAsync(AttemptState state)
    {
        using var deadline = new CancellationTokenSource(CallDeadline, services.Time);
        var log = await LastWordAsync(deadline.Token);
        if (Gateway is not null)
        {
            Gateway.Refuse();
            await Gateway.IdleAsync(deadline.Token);
        }

        return new AttemptEndRecord
        {
            End = AttemptEnding.Decide(state, log, await WasOutOfMemoryAsync(log, deadline.Token), Totals()),
            StartedAt = log.StartedAt,
            EndedAt = log.EndedAt ?? services.Time.GetUtcNow(),
        };
    }

    // An attempt that ended while no bridge was there has no socket open any more; what it used is on its ledger.
    private LedgerTotals? Totals() => Gateway is null ? services.Gateway.Recall(directory.LedgerPath) : Gateway.Totals;

    /// <summary>Removes the container and the run directory. Log and volumes stay.</summary>
    public async Task RemoveContainerAsync()
    {
        using var deadline = new CancellationTokenSource(CallDeadline, services.Time);
        await services.Podman.Containers.RemoveAsync(Container, deadline.Token);
        await DisposeAsync();
        if (Directory.Exists(_runDirectory))
        {
            Directory.Delete(_runDirectory, recursive: true);
        }
    }

    /// <summary>Removes everything that the engine has of the attempt.</summary>
    public async Task DropAsync()
    {
        await RemoveContainerAsync();
        using var deadline = new CancellationTokenSource(CallDeadline, services.Time);
        foreach (var volume in Volumes)
        {
            await services.Podman.Volumes.RemoveAsync(volume, deadline.Token);
        }
    }

    /// <summary>Lets go of the container without ending it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        if (Shim is not null)
        {
            await Shim.DisposeAsync();
        }

        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    private ContainerInputs Inputs(string imageID) => new()
    {
        Installation = services.Installation(),
        Node = services.Node,
        UID = record.UID,
        Attempt = record.Attempt,
        UserID = record.UserID,
        ImageID = imageID,
        RunDirectory = _runDirectory,
        ShimPath = services.ShimPath,
        ClaudeDirectory = record.Spec.Claude is null ? null : services.ClaudeDirectory,
        LogPath = directory.LogPath,
        Files = services.Files,
        EnforcedLimits = services.EnforcedLimits(),
    };

    private IEnumerable<(string Path, FileIdentity Identity)> OpenedMounts()
    {
        yield return (SandboxPaths.RunDirectory, FileIdentity.Of(_runDirectory));
        yield return (SandboxPaths.Shim, FileIdentity.Of(services.ShimPath));
        if (record.Spec.Claude is not null && services.ClaudeDirectory is { } claude)
        {
            yield return (SandboxPaths.Cli, FileIdentity.Of(claude));
        }
    }

    private async Task<string> FetchAsync(AttemptSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Images.EnsureAsync(spec.Image, spec.ImagePullPolicy, cancellationToken);
        }
        catch (ImagePullException e)
        {
            throw new AttemptRefusedException(RunReason.ImagePullFailed, e.Message, e);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_runDirectory);
        File.SetUnixFileMode(_runDirectory, RunDirectoryMode);
        Gateway = await services.Gateway.OpenAsync(
            new GatewayRunOptions
            {
                Key = record.Key.ToString(),
                SocketPath = Path.Combine(_runDirectory, AttemptStart.ModelSocket),
                LedgerPath = directory.LedgerPath,
            },
            cancellationToken);
        Shim = ShimSocket.Listen(_runDirectory, lease, reports, services.Logger);
    }

    private async Task CheckAsync(SpecGenerator wanted, CancellationToken cancellationToken)
    {
        var made = await services.Podman.Containers.InspectAsync(Container, cancellationToken);
        RefuseIf(made is null ? ["it is gone"] : ContainerSpecCheck.Compare(wanted, made));
    }

    private static void RefuseIf(IReadOnlyList<string> differences)
    {
        if (differences.Count > 0)
        {
            throw new AttemptRefusedException(
                RunReason.PolicyDenied,
                $"The node's engine made another container than was meant: {string.Join("; ", differences.Take(3))}. Look at the node's containers.conf.");
        }
    }

    // Until a shim is expected none is listened to: what the runtime was told is checked before that, since only now is it there to be read.
    private async Task ExpectShimAsync(SpecGenerator wanted, CancellationToken cancellationToken)
    {
        var started = await services.Podman.Containers.InspectAsync(Container, cancellationToken);
        if (started?.State is { Pid: > 0 and var pid })
        {
            RefuseIf(await OciConfigCheck.CompareAsync(wanted, started, cancellationToken));
            Shim!.Expect(pid);
        }
    }

    // The shim's report comes before conmon has written the same to the log. Without a report there is nothing to wait for but conmon itself.
    private async Task<AttemptLog> LastWordAsync(CancellationToken cancellationToken)
    {
        var waited = services.Time.GetTimestamp();
        while (true)
        {
            var log = await ReadLogAsync(cancellationToken);
            if (log.Complete || services.Time.GetElapsedTime(waited) > LogDeadline)
            {
                return log;
            }

            await Task.Delay(LogPause, services.Time, cancellationToken);
        }
    }

    // The kernel's mark is on the container's cgroup, and only once the container has ended; asked for only where it can matter.
    private async Task<bool> WasOutOfMemoryAsync(AttemptLog log, CancellationToken cancellationToken)
    {
        if (log.Exit is { SignalName: not "SIGKILL" } or { Signal: null })
        {
            return false;
        }

        await services.Podman.Containers.WaitAsync(Container, cancellationToken);
        return await services.Podman.Containers.InspectAsync(Container, cancellationToken) is { State.OomKilled: true };
    }

    // A bridge killed while it prepared leaves a container that never ran an agent.
    private async Task RemoveLeftoverAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(directory.LogPath))
        {
            await services.Podman.Containers.RemoveAsync(Container, cancellationToken);
            File.Delete(directory.LogPath);
        }
    }

    private async Task<bool> EverStartedAsync(CancellationToken cancellationToken) =>
        await ReadLogAsync(cancellationToken) is { Started: true };

    private async Task<AttemptLog> ReadLogAsync(CancellationToken cancellationToken) =>
        await AttemptLog.ReadAsync(directory.LogPath, record.Spec, cancellationToken);
}
