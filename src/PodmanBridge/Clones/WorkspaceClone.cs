using Stromboli.Crds.Runs;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// Clones an attempt's repository into its workspace, in a container of its own that lives as long as the clone. It starts over whatever an
/// earlier one left: neither container nor workspace of it counts.
/// </summary>
internal sealed class WorkspaceClone(AttemptRecord record, AttemptDirectory directory, SandboxServices services, Func<TimeSpan> lease)
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HelloDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LogDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LostPause = TimeSpan.FromMilliseconds(200);

    private readonly string _runDirectory = CloneDirectory.Of(services.RunRoot, record.Key);
    private readonly string _logPath = Path.Combine(directory.Path, "clone.log");
    private readonly string _container = ContainerNames.Of(services.Installation(), record.UID, record.Attempt).Cloner;

    /// <summary>Why this node clones nothing, as one sentence; null if it does, or the attempt needs no clone.</summary>
    public static string? Problem(AttemptSpec? spec, SandboxServices services) =>
        spec?.Git is { } git && services.Git.Image is null
            ? $"Cloning {git.Url} failed: the node {services.Node} clones no repositories; give its bridge --git-image."
            : null;

    /// <summary>Clones.</summary>
    /// <param name="spec">The attempt, with its repository.</param>
    /// <param name="credential">What the repository's server is shown.</param>
    /// <param name="closing">The bridge stops: what is there is left to the next one, since a call to the engine that is torn may leave it
    /// worse.</param>
    /// <param name="cancellationToken">Ends it; the container is removed before this returns.</param>
    /// <exception cref="RunRefusedException">There is no clone; the message says why.</exception>
    public async Task RunAsync(AttemptSpec spec, GitCredential? credential, CancellationToken closing, CancellationToken cancellationToken)
    {
        using var activity = BridgeTraces.Step("clone", record.Key);
        var source = spec.Git!;
        using var image = await FetchAsync(cancellationToken);
        await RemoveAsync(services, record.Key, cancellationToken);
        File.Delete(_logPath);
        CloneDirectory.Create(_runDirectory);
        try
        {
            CloneSignals? signals = null;
            signals = new CloneSignals(() => _ = OnShimLostAsync(signals!));
            await using var shim = ShimSocket.Listen(
                _runDirectory,
                pid => services.CheckFirstProcess(pid, FileIdentity.Of(services.ShimPath)),
                lease,
                signals,
                services.Logger
            );
            await using var git = Open(source, credential, new ContainerPeers(shim.Pid));
            await StartAsync(CloneSpec.Build(spec, Inputs(image.ID), services.Git.Image!), shim, cancellationToken);
            await GoAsync(spec, shim, signals, cancellationToken);
            using var log = signals.Released ? await LastWordAsync(spec, cancellationToken) : AttemptLog.Empty(spec);
            await CloneLog.AppendAsync(_logPath, directory.LogPath, cancellationToken);
            if (
                CloneOutcome.Problem(source, log, git.Failure, services.Git.Image!, await WasOutOfMemoryAsync(log, cancellationToken)) is
                { } problem
            )
            {
                throw new RunRefusedException(RunReason.GitCloneFailed, problem);
            }
        }
        finally
        {
            if (!closing.IsCancellationRequested)
            {
                // An engine that is away is waited for as long as the attempt may take; if that is over already, the attempt's own end
                // removes what is left.
                using var deadline = new CancellationTokenSource(CallDeadline, services.Clock);
                await RemoveAsync(services, record.Key, cancellationToken.IsCancellationRequested ? deadline.Token : cancellationToken);
            }
        }

        File.Delete(_logPath);
    }

    /// <summary>Removes a clone's container and its sockets; nothing happens when there are none.</summary>
    public static async Task RemoveAsync(SandboxServices services, AttemptKey key, CancellationToken cancellationToken)
    {
        await services.Podman.Containers.RemoveAsync(
            ContainerNames.Of(services.Installation(), key.UID, key.Attempt).Cloner,
            cancellationToken
        );
        CloneDirectory.Delete(CloneDirectory.Of(services.RunRoot, key));
    }

    private async Task<ImageUse> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await services.Images.UseAsync(new ImageRequest(services.Git.Image!, ImagePullPolicy.IfNotPresent), cancellationToken);
        }
        catch (ImagePullException e)
        {
            throw new RunRefusedException(
                RunReason.ImagePullFailed,
                $"The node's image for cloning repositories (--git-image) cannot be had. {e.Message}",
                e
            );
        }
    }

    private GitRun Open(GitSource source, GitCredential? credential, ISocketPeers peers)
    {
        try
        {
            return services.Git.Gateway.Open(
                record.Key.ToString(),
                Path.Combine(_runDirectory, GitRoutes.Socket),
                source,
                credential,
                peers
            );
        }
        catch (FormatException e)
        {
            throw new RunRefusedException(RunReason.InvalidSpec, $"Cloning {source.Url} failed: {e.Message}.", e);
        }
    }

    private async Task StartAsync(SpecGenerator wanted, ShimSocket shim, CancellationToken cancellationToken)
    {
        using var slot = await services.Starts.EnterAsync(cancellationToken);
        try
        {
            await CheckedStart.MakeAsync(services.Podman.Containers, wanted, shim, slot, static _ => { }, cancellationToken);
        }
        catch (PodmanException e)
        {
            throw await services.UnfitAsync(
                "The node's engine could not start the container that clones the repository",
                e,
                cancellationToken
            );
        }
    }

    private async Task GoAsync(AttemptSpec spec, ShimSocket shim, CloneSignals signals, CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(signals.Hello, signals.Over).WaitAsync(HelloDeadline, services.Clock, cancellationToken) == signals.Hello)
        {
            var hello = await signals.Hello;
            if ((FirstProcess.StateProblem(hello.State, released: false) ?? ShimCheck.Mounts(hello.Mounts, OpenedMounts())) is { } problem)
            {
                throw ShimGate.Denied(problem);
            }

            signals.Release();
            shim.Go(() => CloneCommand.Build(spec.Git!, spec.Pids, lease()));
            await signals.Over.WaitAsync(cancellationToken);
        }
    }

    private IEnumerable<(string Path, FileIdentity Identity)> OpenedMounts() =>
        [(MountPoints.RunDirectory, FileIdentity.Of(_runDirectory)), (MountPoints.Shim, FileIdentity.Of(services.ShimPath))];

    private ContainerInputs Inputs(string imageID) =>
        new()
        {
            Installation = services.Installation(),
            Node = services.Node,
            UID = record.UID,
            Attempt = record.Attempt,
            User = AgentUser.Of(record.Spec, record.UserID),
            ImageID = imageID,
            RunDirectory = _runDirectory,
            ShimPath = services.ShimPath,
            LogPath = _logPath,
            Files = services.Files,
            EnforcedLimits = services.EnforcedLimits(),
        };

    // If the shim lives it dials again; if not, the engine says so.
    private async Task OnShimLostAsync(CloneSignals signals)
    {
        try
        {
            using var deadline = new CancellationTokenSource(CallDeadline, services.Clock);
            while (
                !signals.Over.IsCompleted
                && await services.Podman.Containers.InspectAsync(_container, deadline.Token) is { State.Running: true }
            )
            {
                await Task.Delay(LostPause, services.Clock, deadline.Token);
            }

            signals.SetOver();
        }
        catch (Exception e) when (e is PodmanException or OperationCanceledException)
        {
            // An engine that does not answer says nothing about the container; the attempt's deadline ends the wait.
        }
    }

    // The shim's report comes before conmon has written the same to the log.
    private async Task<AttemptLog> LastWordAsync(AttemptSpec spec, CancellationToken cancellationToken)
    {
        var waited = services.Clock.GetTimestamp();
        while (true)
        {
            var log = await AttemptLog.ReadAsync(_logPath, spec with { Claude = null }, cancellationToken);
            if (log.Complete || services.Clock.GetElapsedTime(waited) > LogDeadline)
            {
                return log;
            }

            log.Dispose();
            await Task.Delay(LogPause, services.Clock, cancellationToken);
        }
    }

    private async Task<bool> WasOutOfMemoryAsync(AttemptLog log, CancellationToken cancellationToken)
    {
        if (log.Exit is { Code: 0 })
        {
            return false;
        }

        await services.Podman.Containers.WaitAsync(_container, cancellationToken);
        return await services.Podman.Containers.InspectAsync(_container, cancellationToken) is { State.OomKilled: true };
    }
}
