using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary>Waits for runs, and shows how far they are meanwhile.</summary>
internal static class RunWaits
{
    /// <summary>Waits for the end of a run.</summary>
    public static async Task<AgentRun> WaitAsync(
        CliContext context,
        Cluster cluster,
        NamespacedName key,
        string? uid,
        CancellationToken cancellationToken
    )
    {
        using var progress = new ProgressLine(context.Screen, context.Clock);
        return await context.Watcher(cluster).UntilAsync(key, uid, Outcome.IsFinished, progress.Show, cancellationToken);
    }

    /// <summary>Prints the log of a run until its end.</summary>
    public static async Task<AgentRun> FollowAsync(
        CliContext context,
        Cluster cluster,
        NamespacedName key,
        string? uid,
        FollowOptions options,
        CancellationToken cancellationToken
    )
    {
        AgentRun run;
        using (var progress = new ProgressLine(context.Screen, context.Clock))
        {
            run = await context
                .Watcher(cluster)
                .UntilAsync(
                    key,
                    uid,
                    candidate => candidate.Status?.Phase == RunPhase.Running || Outcome.IsFinished(candidate),
                    progress.Show,
                    cancellationToken
                );
        }

        var follower = new LogFollower(cluster.Client, context.Watcher(cluster), context.Screen.Note, context.Clock);
        return await follower.FollowAsync(key, run.Metadata.Uid, options, new SafeTextSink(context.Screen.Out), cancellationToken);
    }
}
