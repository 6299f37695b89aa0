using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Sends what follows from a stored record, and says when to reconcile the run again.</summary>
internal sealed class RunFollowUp(
    RunSender sender,
    AttemptSecretsCache secrets,
    Observations observations,
    RunOptions options,
    TimeProvider clock
)
{
    // Timers are not exact. A run that is a moment too early looks again a moment later instead of in a busy loop.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends the desired states of a run that is on record.</summary>
    public async Task<ReconcileResult> SendAsync(AgentRun run, RunVerdict verdict, InputCheck? check, CancellationToken cancellationToken)
    {
        var lookAgain = verdict.LookAgain;
        if (run.IsFinished())
        {
            SendFinished(run, verdict);
        }
        else if (verdict.After.FirstOrDefault(desired => desired.State == DesiredState.Go) is { } go)
        {
            sender.Send(run, [.. verdict.After.Where(desired => desired.State != DesiredState.Go)]);
            if (run.IsAbridged())
            {
                lookAgain = sender.IsNews(run, go) ? Earlier(lookAgain, clock.GetUtcNow()) : lookAgain;
            }
            else if (sender.IsNews(run, go) && !sender.Go(run, go, await SecretsAsync(run, check, cancellationToken)))
            {
                lookAgain = Earlier(lookAgain, clock.GetUtcNow() + options.Inputs.PollInterval);
            }
        }
        else
        {
            sender.Send(run, verdict.After);
        }

        return lookAgain is { } time ? ReconcileResult.After(AtLeastShortest(time - clock.GetUtcNow())) : ReconcileResult.Done;
    }

    private void SendFinished(AgentRun run, RunVerdict verdict)
    {
        secrets.Forget(run.UID());
        var isReported = observations.Find(run.UID()) is not null;
        observations.Forget(run.UID());
        sender.SendFinished(run, verdict.After, again: isReported || verdict.Status is not null);
    }

    private async Task<AttemptSecrets?> SecretsAsync(AgentRun run, InputCheck? check, CancellationToken cancellationToken) =>
        check is { Reason: null } ? secrets.Take(run, check) : await secrets.ReadAsync(run, cancellationToken);

    private static DateTimeOffset Earlier(DateTimeOffset? a, DateTimeOffset b) => a < b ? a.Value : b;

    private static TimeSpan AtLeastShortest(TimeSpan delay) => delay < ShortestWait ? ShortestWait : delay;
}
