using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Removes a run: its object, its attempts on nodes, and what is in memory of it.</summary>
internal sealed partial class RunRemoval(
    KubeClient client,
    RunSender sender,
    Observations observations,
    AttemptSecretsCache secrets,
    RunInputs inputs,
    RunQueue queue,
    RunSignals signals,
    ILogger<RunRemoval> logger
)
{
    /// <summary>Removes the attempts of a run whose object is gone.</summary>
    public void Deleted(AgentRun run)
    {
        sender.Gone(run);
        Forget(run.UID());
    }

    /// <summary>Removes what is in memory of a run.</summary>
    public void Forget(string uid)
    {
        observations.Forget(uid);
        secrets.Forget(uid);
        inputs.Forget(uid);
        if (queue.Release(uid))
        {
            signals.FreeRoom();
        }
    }

    /// <summary>Deletes the object of a run, unless it has changed since it was read: its owner may just have asked to keep it.</summary>
    public async Task<ReconcileResult> DeleteAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var only = new DeleteOptions
        {
            Preconditions = new Preconditions { Uid = run.UID(), ResourceVersion = run.Metadata.ResourceVersion },
        };
        try
        {
            await client.DeleteAsync(AgentRunResource.Type, NamespacedName.Of(run), only, cancellationToken);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            return ReconcileResult.Backoff;
        }

        Log.Deleted(logger, NamespacedName.Of(run));
        Deleted(run);
        return ReconcileResult.Done;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Run}: deleted because its deleteAfterFinished is over")]
        public static partial void Deleted(ILogger logger, NamespacedName run);
    }
}
