using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Election;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Reconciles one run: decides what to do and does it. The controller never calls it twice at the same time for one run.</summary>
internal sealed class RunReconciler(
    RunStore runs,
    ILeadership leadership,
    RunDecider decider,
    RunExecutor executor,
    RunSender sender,
    RunRemoval removal,
    WholeRunReader whole
)
{
    /// <summary>Decides what a run needs now and does it.</summary>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (runs.Get(key) is not { } run)
        {
            return ReconcileResult.Done;
        }

        if (!leadership.IsLeader)
        {
            return ReconcileResult.Backoff;
        }

        try
        {
            return await ReconcileAsync(run, cancellationToken);
        }
        finally
        {
            // If the run was deleted during this call, nothing else removes what this call left behind.
            if (runs.Find(run.UID()) is null)
            {
                removal.Forget(run.UID());
            }
        }
    }

    private async Task<ReconcileResult> ReconcileAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var (verdict, check) = await decider.DecideAsync(run, cancellationToken);
        var isNeeded = IsWholeNeeded(run, verdict);
        // The answer to a write contains the whole object, too.
        if (!isNeeded && !(run.IsAbridged() && verdict.Status is not null))
        {
            return await executor.CarryOutAsync(run, verdict, check, cancellationToken);
        }

        if (!whole.TryEnter())
        {
            // A stop needs neither the whole run nor a write, so it does not wait.
            sender.Send(run, [.. verdict.Before.Where(desired => desired.State == DesiredState.Stop)]);
            return ReconcileResult.After(WholeRunReader.Wait);
        }

        try
        {
            if (!isNeeded)
            {
                return await executor.CarryOutAsync(run, verdict, check, cancellationToken);
            }

            if (await whole.ReadAsync(run, cancellationToken) is not { } live)
            {
                return ReconcileResult.Backoff;
            }

            (verdict, check) = await decider.DecideAsync(live, cancellationToken);
            return await executor.CarryOutAsync(live, verdict, check, cancellationToken);
        }
        finally
        {
            whole.Leave();
        }
    }

    // The store keeps neither the result of a finished run nor all of a large spec. A late write to a finished run, a decision on the whole
    // spec, and a message with the whole spec start from the whole object.
    private bool IsWholeNeeded(AgentRun run, RunVerdict verdict) =>
        verdict.Need == RunNeed.Spec
        || (verdict.Status is not null && run.IsFinished())
        || (
            run.IsAbridged()
            && verdict
                .Before.Concat(verdict.After)
                .Any(desired => desired.State is DesiredState.Hold or DesiredState.Go && sender.IsNews(run, desired))
        );
}
