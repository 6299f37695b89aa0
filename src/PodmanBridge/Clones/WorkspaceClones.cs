using Stromboli.Crds.Runs;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// Clones repositories into workspaces. Each clone has a separate container that lives as long as the clone. A clone discards the container
/// and the workspace that an earlier one left, and starts over.
/// </summary>
/// <param name="containers">Creates the containers.</param>
/// <param name="settings">The settings that all containers share.</param>
/// <param name="gateway">The gateway to the repositories.</param>
/// <param name="images">Fetches the image that contains git.</param>
/// <param name="image">The name of that image; null on a node that does not clone.</param>
/// <param name="lease">The node's lease.</param>
/// <param name="clock">The clock.</param>
internal sealed class WorkspaceClones(
    IShimContainers containers,
    ContainerSettings settings,
    GitGateway gateway,
    ImageFetcher images,
    string? image,
    INodeLease lease,
    TimeProvider clock
)
{
    private static readonly TimeSpan RemoveDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Why this node cannot clone, as one sentence; null if it can, or if the attempt needs no clone.</summary>
    public string? Problem(AttemptSpec? spec) =>
        spec?.Git is { } git && image is null
            ? $"Cloning {git.Url} failed: the node {settings.Node} clones no repositories; give its bridge --git-image."
            : null;

    /// <summary>Clones a repository. The container is removed before this returns.</summary>
    /// <param name="clone">What to clone, and for which attempt.</param>
    /// <param name="bridgeStopping">
    /// The bridge stops. The container is left to the next bridge, since interrupting a call to the engine may leave it in a worse state.
    /// </param>
    /// <param name="cancellationToken">Ends the clone.</param>
    /// <returns>The ID of the commit that was checked out; null for a repository without commits.</returns>
    /// <exception cref="RunRefusedException">The clone failed. The message says why.</exception>
    public async Task<string?> RunAsync(WorkspaceClone clone, CancellationToken bridgeStopping, CancellationToken cancellationToken)
    {
        if (Problem(clone.Spec) is { } impossible)
        {
            throw new RunRefusedException(RunReason.GitCloneFailed, impossible);
        }

        var released = false;
        string? commit;
        using var gitImage = await FetchImageAsync(cancellationToken);
        await using var container = Container(clone.Key, clone.LogPath, () => released);
        await container.RemoveAsync(cancellationToken);
        File.Delete(clone.LogPath);
        try
        {
            container.Listen();
            await using var git = OpenGateway(clone, container.Peers);
            await StartAsync(clone, gitImage.ID, container, cancellationToken);
            if (await container.HelloAsync(cancellationToken) is { } hello)
            {
                container.Trust(hello, OpenedMounts(clone.Key));
                released = true;
                container.Go(() =>
                    CloneCommand.Build(clone.Source, clone.Spec.Push is { Branches.Count: > 0 }, clone.Spec.Pids, lease.Remaining)
                );
                await container.Over.WaitAsync(cancellationToken);
            }

            using var log = new CloneRecords();
            if (released)
            {
                await log.ReadToLastWordAsync(clone.LogPath, clock, cancellationToken);
            }

            await CloneLog.AppendAsync(clone.LogPath, clone.AgentLogPath, cancellationToken);
            var outOfMemory = log.Exit is not { Code: 0 } && await container.WasOutOfMemoryAsync(cancellationToken);
            if (CloneOutcome.Problem(clone.Source, log, git.Failure, image!, outOfMemory) is { } problem)
            {
                throw new RunRefusedException(RunReason.GitCloneFailed, problem);
            }

            commit = log.Commit;
        }
        finally
        {
            if (!bridgeStopping.IsCancellationRequested)
            {
                // This waits for an engine that is away as long as the attempt may take. If the attempt is over, its own end removes what
                // is left.
                using var deadline = new CancellationTokenSource(RemoveDeadline, clock);
                await container.RemoveAsync(cancellationToken.IsCancellationRequested ? deadline.Token : cancellationToken);
            }
        }

        File.Delete(clone.LogPath);
        return commit;
    }

    /// <summary>Removes the container of a clone and its sockets. Does nothing if they do not exist.</summary>
    public async Task RemoveAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        await using var container = Container(key, logPath: "", static () => false);
        await container.RemoveAsync(cancellationToken);
    }

    private IShimContainer Container(AttemptKey key, string logPath, Func<bool> released) =>
        containers.Create(
            new ShimContainerIdentity
            {
                Name = settings.NamesOf(key).Cloner,
                Kind = "container that clones the repository",
                RunDirectory = settings.CloneDirectoryOf(key),
                LogPath = logPath,
                Shim = () => FileIdentity.Of(settings.ShimPath),
                Released = released,
            }
        );

    private async Task<ImageUse> FetchImageAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await images.UseAsync(new ImageRequest(image!, ImagePullPolicy.IfNotPresent), cancellationToken);
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

    private GitRun OpenGateway(WorkspaceClone clone, ISocketPeers peers)
    {
        try
        {
            var socket = Path.Combine(settings.CloneDirectoryOf(clone.Key), GitRoutes.Socket);
            return gateway.Open(clone.Key.ToString(), socket, clone.Source, clone.Credential, peers);
        }
        catch (FormatException e)
        {
            throw new RunRefusedException(RunReason.InvalidSpec, $"Cloning {clone.Source.Url} failed: {e.Message}.", e);
        }
    }

    private async Task StartAsync(WorkspaceClone clone, string imageID, IShimContainer container, CancellationToken cancellationToken)
    {
        var inputs = settings.Inputs(clone.Key, clone.User, imageID, settings.CloneDirectoryOf(clone.Key), clone.LogPath);
        var plan = new ShimContainerPlan { Spec = CloneSpec.Build(clone.Spec, inputs, image!), Replaces = true };
        if (await container.StartAsync(plan, cancellationToken) is null)
        {
            throw new RunRefusedException(
                RunReason.NodeUnfit,
                "The container that clones the repository ended on its node before git was started."
            );
        }
    }

    private IEnumerable<(string Path, FileIdentity Identity)> OpenedMounts(AttemptKey key) =>
        [
            (MountPoints.RunDirectory, FileIdentity.Of(settings.CloneDirectoryOf(key))),
            (MountPoints.Shim, FileIdentity.Of(settings.ShimPath)),
        ];
}

/// <summary>One clone of an attempt's repository.</summary>
internal sealed class WorkspaceClone
{
    /// <summary>The attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>What runs, with its repository.</summary>
    public required AttemptSpec Spec { get; init; }

    /// <summary>The user that the workspace belongs to.</summary>
    public required AgentUser User { get; init; }

    /// <summary>The log of the clone's container.</summary>
    public required string LogPath { get; init; }

    /// <summary>The log of the run, which receives git's output.</summary>
    public required string AgentLogPath { get; init; }

    /// <summary>The credential for the repository's server.</summary>
    public GitCredential? Credential { get; init; }

    /// <summary>The repository.</summary>
    public GitSource Source => Spec.Git!;
}
