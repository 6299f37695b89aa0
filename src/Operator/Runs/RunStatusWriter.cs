using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Stores the status of a run by compare-and-swap, so that no change by others is overwritten.</summary>
internal sealed partial class RunStatusWriter(KubeClient client, RunStore runs, ILogger<RunStatusWriter> logger)
{
    /// <summary>Stores the run's status.</summary>
    /// <returns>
    /// The stored run. Null if the run is gone or has changed. If it has changed, the store now has the current object. That may contain
    /// this very status, if the answer to an earlier write was lost.
    /// </returns>
    /// <exception cref="ApiException">It is not known whether the status was stored.</exception>
    public async Task<(AgentRun? Stored, bool IsGone)> StoreAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var key = NamespacedName.Of(run);
        try
        {
            var stored = await ReplaceAsync(run, cancellationToken);
            runs.Observe(stored);
            return (stored, false);
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            Log.Refused(logger, key, e.Message);
        }
        if (await client.TryGetAsync(AgentRunResource.Type, key, cancellationToken) is not { } live || live.UID() != run.UID())
        {
            return (null, true);
        }

        runs.Observe(live);
        return (null, false);
    }

    // The API server refuses a status as a whole. An end without what the node reported is better than no end.
    private async Task<AgentRun> ReplaceAsync(AgentRun run, CancellationToken cancellationToken)
    {
        // The API server takes only the status from this write, and the spec in memory may be abridged.
        run = run with
        {
            Spec = null,
        };
        try
        {
            return await client.ReplaceStatusAsync(AgentRunResource.Type, run, cancellationToken: cancellationToken);
        }
        catch (ApiException e) when (e.IsInvalid && run.IsFinished())
        {
            Log.Invalid(logger, NamespacedName.Of(run), e.Message);
            return await client.ReplaceStatusAsync(
                AgentRunResource.Type,
                run with
                {
                    Status = StatusBounds.Bare(run.Status!),
                },
                cancellationToken: cancellationToken
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Run}: the write was refused; looking again: {Cause}")]
        public static partial void Refused(ILogger logger, NamespacedName run, string cause);

        [LoggerMessage(LogLevel.Error, "{Run}: storing its end without the node's report, which the API server refuses: {Cause}")]
        public static partial void Invalid(ILogger logger, NamespacedName run, string cause);
    }
}
