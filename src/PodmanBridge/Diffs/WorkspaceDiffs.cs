using Stromboli.Crds.Runs;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>
/// Compares workspaces with the commits that were cloned into them. Each diff has a separate container that lives as long as git runs. A run
/// has one at a time, the node <see cref="MostAtOnce"/>.
/// </summary>
internal sealed partial class WorkspaceDiffs(
    IShimContainers containers,
    ContainerSettings settings,
    ImageFetcher images,
    IPodman podman,
    WorkspaceDiffOptions options,
    INodeLease lease,
    TimeProvider clock,
    ILogger<WorkspaceDiffs> logger
) : IRequestContainers
{
    /// <summary>How many diffs a node makes at a time.</summary>
    public const int MostAtOnce = 2;

    // kube-apiserver ends a request after 60 s.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RemoveDeadline = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly HashSet<AttemptKey> _underWay = [];

    /// <inheritdoc/>
    public bool IsLeftover(AttemptKey key)
    {
        lock (_lock)
        {
            return !_underWay.Contains(key);
        }
    }

    /// <summary>Makes the diff of an attempt's workspace. The container is removed before this returns.</summary>
    /// <param name="record">The attempt, whose workspace was cloned.</param>
    /// <param name="commit">The commit; empty for one without files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StreamRefusedException">There is no diff. The message says why.</exception>
    public async Task<DiffContent> MakeAsync(AttemptRecord record, string commit, CancellationToken cancellationToken)
    {
        if (options.Image is not { } image)
        {
            throw new StreamRefusedException(
                StatusCodes.Status501NotImplemented,
                $"The node {settings.Node} makes no diffs: give its bridge --git-image."
            );
        }

        Begin(record.Key);
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            try
            {
                return await MakeAsync(record, commit, image, either.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StreamRefusedException(
                    StatusCodes.Status504GatewayTimeout,
                    $"The diff took more than {Deadline.TotalSeconds:0} s on its node."
                );
            }
        }
        finally
        {
            lock (_lock)
            {
                _underWay.Remove(record.Key);
            }
        }
    }

    private void Begin(AttemptKey key)
    {
        lock (_lock)
        {
            if (_underWay.Contains(key))
            {
                throw new StreamRefusedException(
                    StatusCodes.Status429TooManyRequests,
                    "A diff of this run is being made already: try again when it is done."
                );
            }

            if (_underWay.Count >= MostAtOnce)
            {
                throw new StreamRefusedException(
                    StatusCodes.Status429TooManyRequests,
                    $"The node makes {MostAtOnce} diffs at a time, and they are under way: try again."
                );
            }

            _underWay.Add(key);
        }
    }

    private async Task<DiffContent> MakeAsync(AttemptRecord record, string commit, string image, CancellationToken cancellationToken)
    {
        var log = Path.Combine(options.Folder, $"{record.Key}.log");
        Directory.CreateDirectory(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var output = new FileStream(
            Path.Combine(options.Folder, $"{record.Key}.{Guid.NewGuid():N}.gz"),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            }
        );
        try
        {
            await DemandWorkspaceAsync(record, cancellationToken);
            await RunAsync(record, commit, image, log, output, cancellationToken);
            output.Position = 0;
            return new DiffContent(output);
        }
        catch (Exception e)
        {
            await output.DisposeAsync();
            if (SentenceOf(e) is { } sentence)
            {
                throw new StreamRefusedException(StatusCodes.Status503ServiceUnavailable, sentence);
            }

            throw;
        }
        finally
        {
            File.Delete(log);
        }
    }

    // Null for a failure that is not the reader's business.
    private static string? SentenceOf(Exception failure) =>
        failure switch
        {
            RunRefusedException => failure.Message,
            TimeoutException => $"The container of the diff did not start: {failure.Message}.",
            ImagePullException => $"The node's image for repositories (--git-image) cannot be had. {failure.Message}",
            PodmanException { IsUnanswered: true } => "The engine of the node does not answer: try again later.",
            _ => null,
        };

    private async Task RunAsync(
        AttemptRecord record,
        string commit,
        string image,
        string logPath,
        FileStream output,
        CancellationToken cancellationToken
    )
    {
        var released = false;
        using var gitImage = await images.UseAsync(new ImageRequest(image, ImagePullPolicy.IfNotPresent), cancellationToken);
        await using var container = containers.Create(
            new ShimContainerIdentity
            {
                Name = settings.NamesOf(record.Key).Differ,
                Kind = "container that compares the workspace",
                RunDirectory = settings.DiffDirectoryOf(record.Key),
                LogPath = logPath,
                Shim = () => FileIdentity.Of(settings.ShimPath),
                Released = () => released,
            }
        );
        await container.RemoveAsync(cancellationToken);
        File.Delete(logPath);
        try
        {
            container.Listen();
            var inputs = settings.Inputs(
                record.Key,
                AgentUser.Of(record.Spec, record.UserID),
                gitImage.ID,
                settings.DiffDirectoryOf(record.Key),
                logPath
            );
            var plan = new ShimContainerPlan { Spec = DiffSpec.Build(record.Spec, inputs, image, Deadline), Replaces = true };
            if (
                await container.StartAsync(plan, cancellationToken) is not null
                && await container.HelloAsync(cancellationToken) is { } hello
            )
            {
                container.Trust(
                    hello,
                    [
                        (MountPoints.RunDirectory, FileIdentity.Of(settings.DiffDirectoryOf(record.Key))),
                        (MountPoints.Shim, FileIdentity.Of(settings.ShimPath)),
                    ]
                );
                released = true;
                container.Go(() => DiffCommand.Build(commit, DiffSpec.PidsOf(record.Spec), lease.Remaining));
                await container.Over.WaitAsync(cancellationToken);
            }

            using var log = new DiffLogRecords(output);
            await log.ReadToLastWordAsync(logPath, clock, cancellationToken);
            var outOfMemory = log.Exit is not { Code: 0 } && await container.WasOutOfMemoryAsync(cancellationToken);
            if (DiffOutcome.Problem(log, commit, image, outOfMemory) is { } problem)
            {
                throw problem;
            }
        }
        finally
        {
            await RemoveAsync(record, container);
        }
    }

    // The engine would make a volume that is missing.
    private async Task DemandWorkspaceAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        if (await podman.Volumes.InspectAsync(WorkspaceOf(record), cancellationToken) is null)
        {
            throw new StreamRefusedException(
                StatusCodes.Status404NotFound,
                "The workspace of this run is not on its node any more: it was removed to make room."
            );
        }
    }

    private string WorkspaceOf(AttemptRecord record) => settings.NamesOf(record.Key, record.Spec.Session?.UID).Workspace;

    // The container goes also if the reader has left. If the engine is away, the sweep removes it.
    private async Task RemoveAsync(AttemptRecord record, IShimContainer container)
    {
        using var deadline = new CancellationTokenSource(RemoveDeadline, clock);
        try
        {
            await container.RemoveAsync(deadline.Token);
            // The workspace was removed between the check and the creation of the container, and the engine made another.
            if (
                await podman.Volumes.InspectAsync(WorkspaceOf(record), deadline.Token) is { } volume
                && volume.Labels?.ContainsKey(ContainerLabels.Installation) is not true
            )
            {
                await podman.Volumes.RemoveAsync(volume.Name, deadline.Token);
            }
        }
        catch (Exception e) when (e is PodmanException or IOException or OperationCanceledException)
        {
            Log.NotRemoved(logger, record.Key, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The container of a diff of {Attempt} could not be removed; it is looked for again later: {Error}"
        )]
        public static partial void NotRemoved(ILogger logger, AttemptKey attempt, string error);
    }
}

/// <summary>The settings of diffs.</summary>
/// <param name="Image">The name of the image that contains git; null on a node that makes no diffs.</param>
/// <param name="Folder">Where logs and diffs are while they are made and sent. Only the bridge's user can enter it.</param>
internal sealed record WorkspaceDiffOptions(string? Image, string Folder);
