using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Carries out a verdict: sends what may precede the record, stores the record, and sends what follows from it.</summary>
internal sealed class RunExecutor(
    RunStore runs,
    RunSender sender,
    RunRecorder recorder,
    RunFollowUp followUp,
    RunRemoval removal,
    SessionWriter sessions
)
{
    /// <summary>Carries out the verdict on a run.</summary>
    /// <param name="run">The run that was decided on.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="check">The inputs that were read for the verdict; null if none were.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<ReconcileResult> CarryOutAsync(
        AgentRun run,
        RunVerdict verdict,
        InputCheck? check,
        CancellationToken cancellationToken
    )
    {
        if (run.IsFinished())
        {
            await sessions.LeaveAsync(run, cancellationToken);
        }

        if (verdict.Delete)
        {
            return await removal.DeleteAsync(run, cancellationToken);
        }

        var next = verdict.Status is { } status ? run with { Status = status } : run;
        sender.Send(next, verdict.Before);
        if (verdict.Status is not null)
        {
            if (await recorder.RecordAsync(run, next, verdict, cancellationToken) is not { } stored)
            {
                return ReconcileResult.Backoff;
            }

            // The answer has the new version. Its spec is the one that was decided on, because the write compares versions; that spec is
            // whole if it was read whole.
            next = runs.Complete(stored);
            if (next.IsAbridged())
            {
                next = next with { Spec = run.Spec };
            }
        }

        sender.Retract(next, verdict);
        await sessions.LeaveAsync(next, cancellationToken);
        return await followUp.SendAsync(next, verdict, check, cancellationToken);
    }
}
