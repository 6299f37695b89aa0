using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>Stores the status of a run by compare-and-swap: what others changed meanwhile is never overwritten.</summary>
internal sealed partial class RunStatusWriter(KubeClient client, RunStore runs, ILogger<RunStatusWriter> logger)
{
    /// <summary>Stores the run's status.</summary>
    /// <returns>
    /// The run as it is stored now. Without one it was not stored: either it is gone, or it has changed, and then the store has what the
    /// API server has, to look at again. That may be this very status, should the answer to an earlier try have been lost.
    /// </returns>
    /// <exception cref="ApiException">It is not known whether it was stored.</exception>
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

    // The API server refuses a status as a whole. Better an end without what the node said of it than none.
    private async Task<AgentRun> ReplaceAsync(AgentRun run, CancellationToken cancellationToken)
    {
        // It takes the status alone, and the spec may be only a part of what it has.
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
                    Status = StatusCuts.Bare(run.Status!),
                },
                cancellationToken: cancellationToken
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Run}: looked at again: {Cause}")]
        public static partial void Refused(ILogger logger, NamespacedName run, string cause);

        [LoggerMessage(LogLevel.Error, "{Run}: its end is stored without what the node said of it, which the API server refuses: {Cause}")]
        public static partial void Invalid(ILogger logger, NamespacedName run, string cause);
    }
}
