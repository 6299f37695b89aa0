using Stromboli.Crds.Runs;
using Stromboli.Gateway.Git;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>
/// Pushes what agents left, each in a container that lives as long as the push and has the name of the clone's. A push goes out at most
/// once: that it does is stored before, and a later bridge only looks.
/// </summary>
internal sealed class WorkspacePublisher(
    IShimContainers containers,
    ContainerSettings settings,
    GitGateway gateway,
    ImageFetcher images,
    string? image,
    INodeLease lease,
    TimeProvider clock
)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Pushes what an agent left.</summary>
    /// <param name="clone">The clone of the attempt; its credential may be absent.</param>
    /// <param name="record">What the attempt cloned and pushed.</param>
    /// <param name="credential">Waits for the credential, which comes again after a restart of the bridge.</param>
    /// <param name="bridgeStopping">The bridge stops. The next one continues.</param>
    public async Task<PublishOutcome> RunAsync(
        WorkspaceClone clone,
        PushRecord record,
        Func<CancellationToken, Task<GitCredential?>> credential,
        CancellationToken bridgeStopping
    )
    {
        var push = clone.Spec.Push!.OnSuccess!;
        using var deadline = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, bridgeStopping);
        try
        {
            await lease.WaitAsync(either.Token);
            return record.Commit is { } commit
                ? await RunAsync(clone, push, commit, record, await credential(either.Token), either.Token)
                : PublishOutcome.Failed(push.Branch, "nothing was cloned that it could follow");
        }
        catch (OperationCanceledException) when (!bridgeStopping.IsCancellationRequested)
        {
            return record.Published is { } sent
                ? PublishOutcome.Unknown(push.Branch, sent, "it took too long")
                : PublishOutcome.Failed(push.Branch, "it took too long");
        }
        catch (Exception e) when (e is RunRefusedException or ImagePullException or PodmanException or IOException or FormatException)
        {
            return record.Published is { } sent
                ? PublishOutcome.Unknown(push.Branch, sent, e.Message.TrimEnd('.'))
                : PublishOutcome.Failed(push.Branch, e.Message.TrimEnd('.'));
        }
    }

    private async Task<PublishOutcome> RunAsync(
        WorkspaceClone clone,
        PushOnSuccess push,
        string commit,
        PushRecord record,
        GitCredential? credential,
        CancellationToken cancellationToken
    )
    {
        var sent = record.Published;
        using var gitImage = await images.UseAsync(new ImageRequest(image!, ImagePullPolicy.IfNotPresent), cancellationToken);
        var released = false;
        await using var container = containers.Create(
            new ShimContainerIdentity
            {
                Name = settings.NamesOf(clone.Key).Cloner,
                Kind = "container that pushes what the agent left",
                RunDirectory = settings.CloneDirectoryOf(clone.Key),
                LogPath = clone.LogPath,
                Shim = () => FileIdentity.Of(settings.ShimPath),
                Released = () => released,
            }
        );
        await container.RemoveAsync(cancellationToken);
        File.Delete(clone.LogPath);
        container.Listen();
        var publish = new PublishRecord(record);
        // The script proved what it pushes; the gateway lets it push nothing but the branch.
        var access = clone.Spec.Push! with
        {
            Branches = [push.Branch],
            Force = true,
        };
        await using var git = gateway.OpenForPush(
            clone.Key.ToString(),
            Path.Combine(settings.CloneDirectoryOf(clone.Key), GitRoutes.Socket),
            access,
            publish,
            container.Peers
        );
        git.Admit(credential);
        var inputs = settings.Inputs(clone.Key, clone.User, gitImage.ID, settings.CloneDirectoryOf(clone.Key), clone.LogPath);
        var plan = new ShimContainerPlan { Spec = CloneSpec.Build(clone.Spec, inputs, image!), Replaces = true };
        if (await container.StartAsync(plan, cancellationToken) is null || await container.HelloAsync(cancellationToken) is not { } hello)
        {
            return PublishOutcome.Failed(push.Branch, "its container ended on its node before git was started");
        }

        container.Trust(
            hello,
            [
                (MountPoints.RunDirectory, FileIdentity.Of(settings.CloneDirectoryOf(clone.Key))),
                (MountPoints.Shim, FileIdentity.Of(settings.ShimPath)),
            ]
        );
        released = true;
        container.Go(() => PublishCommand.Build(push, sent is not null, commit, clone.Spec.Pids, lease.Remaining));
        await container.Over.WaitAsync(cancellationToken);
        using var log = new PublishRecords();
        await log.ReadToLastWordAsync(clone.LogPath, clock, cancellationToken);
        await CloneLog.AppendAsync(clone.LogPath, clone.AgentLogPath, cancellationToken);
        var outcome = sent is not null
            ? PublishOutcome.OfLook(push.Branch, log, sent)
            : PublishOutcome.OfPush(push.Branch, log, git.Failure, record.Published, publish.IsReported);
        if (sent is not null && outcome.Succeeded)
        {
            record.Accept([new Gateway.Git.Protocol.AcceptedPush(push.Branch, sent, null, IsAsAsked: false)]);
        }

        await container.RemoveAsync(cancellationToken);
        File.Delete(clone.LogPath);
        return outcome;
    }
}
