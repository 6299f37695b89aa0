using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>
/// What to do with a run of which no attempt is under way; pure. The checks go from what can never become true to what may still come.
/// </summary>
internal static class WaitingDecision
{
    /// <param name="snapshot">What the decision goes by.</param>
    /// <param name="run">The run; its status may already say, unlike that of the snapshot, that its last attempt has ended.</param>
    /// <param name="events">What is to be told before what happens here.</param>
    public static RunVerdict Decide(RunSnapshot snapshot, AgentRun run, IReadOnlyList<RunEvent> events)
    {
        if (snapshot.HeldBack is { } bound && !run.IsCancelled() && !run.IsSuspended())
        {
            return RunDecision.Store(snapshot, RunTransitions.Waiting(run, snapshot.Now, IsAccepted(run), RunReason.Queued, bound), events);
        }

        if (run.IsAbridged())
        {
            return new() { Need = RunNeed.Spec };
        }

        if (AgentRunValidator.Validate(run.Spec) is [var error, ..])
        {
            return EndDecision.Finish(snapshot, run, snapshot.Now, RunReason.InvalidSpec, error.ToString(), events);
        }

        if (BaselinePolicy.Denial(run.Spec!, snapshot.Options) is { } denial)
        {
            return EndDecision.Finish(snapshot, run, snapshot.Now, RunReason.PolicyDenied, denial, events);
        }

        if (run.IsCancelled())
        {
            var message = run.LastAttempt() is null
                ? "Cancelled before it was on a node."
                : "Cancelled while it waited for its next attempt.";
            return EndDecision.Finish(snapshot, run, snapshot.Now, RunReason.Cancelled, message, events);
        }
        if (RunBudgets.IsUsedUp(run))
        {
            return EndDecision.Finish(
                snapshot,
                run,
                snapshot.Now,
                RunReason.BudgetExceeded,
                "Nothing is left of spec.budget for an attempt.",
                events
            );
        }

        if (run.IsSuspended())
        {
            return Suspended(snapshot, run, events);
        }

        if (RetryDecision.NotBefore(run, snapshot.Options) is { } notBefore && notBefore > snapshot.Now)
        {
            var waits = RunTransitions.Waiting(
                run,
                snapshot.Now,
                accepted: true,
                RunReason.Backoff,
                BackoffMessage(snapshot, run, notBefore)
            );
            return RunDecision.Store(snapshot, waits, events, notBefore);
        }
        if (run.LacksSession())
        {
            return SessionDecision.Decide(snapshot with { Session = null }, run, events)!;
        }

        if (snapshot.Secrets is not { } secrets)
        {
            return new() { Need = RunNeed.Secrets };
        }

        if (secrets.Reason is { } missing)
        {
            var waits = RunTransitions.Waiting(run, snapshot.Now, accepted: false, missing, StatusCuts.Message(secrets.Message));
            // Woken when what it waits for changes; if nobody looks at that, it looks itself.
            return RunDecision.Store(snapshot, waits, events, secrets.WaitsFor is null ? snapshot.Now + RetryOf(snapshot) : null);
        }
        if (SessionDecision.Decide(snapshot, run, events) is { } turn)
        {
            return turn;
        }

        var resolved = snapshot.Options.Defaults.Resolve(run.Spec!);
        if (snapshot.Placement is not { } placement)
        {
            return new() { Need = RunNeed.Placement, Waiting = WaitingRuns.From(run, resolved) };
        }

        if (!placement.IsPlaced)
        {
            if (placement.Final)
            {
                return EndDecision.Finish(snapshot, run, snapshot.Now, placement.Reason.Value, placement.Message, events);
            }

            var (reason, message) = SessionDecision.Unplaced(snapshot, placement);
            var waits = RunTransitions.Waiting(
                run,
                snapshot.Now,
                accepted: true,
                reason,
                StatusCuts.Message(message),
                Position(run, placement)
            );
            return RunDecision.Store(snapshot, waits, events);
        }
        if (snapshot.Session is { } place && !place.IsHeldBy(run))
        {
            return new() { Need = RunNeed.Session, SessionNode = placement.Node };
        }

        var status = RunTransitions.Scheduled(run, snapshot.Now, resolved, placement.Node) with
        {
            Session = SessionDecision.Recorded(snapshot),
        };
        return RunDecision.Store(snapshot, status, [.. events, RunEvents.Scheduled(status)]) with
        {
            Before = [new WantedAttempt(placement.Node, run.NextAttempt(), DesiredState.Hold)],
        };
    }

    // Asks for nothing: neither Secrets nor a node are of any use to it now.
    private static RunVerdict Suspended(RunSnapshot snapshot, AgentRun run, IReadOnlyList<RunEvent> events)
    {
        var message = run.LastAttempt() is { Attempt: { } last }
            ? $"Suspended after attempt {last}; with spec.suspend false attempt {run.NextAttempt()} starts from the beginning."
            : "Suspended before it was on a node; it starts once spec.suspend is false.";
        var status = RunTransitions.Waiting(run, snapshot.Now, IsAccepted(run), RunReason.Suspended, message);
        if (run.Status?.Reason != RunReason.Suspended)
        {
            events = [.. events, RunEvents.Suspended(status)];
        }

        return RunDecision.Store(snapshot, status, events);
    }

    private static bool IsAccepted(AgentRun run) => Conditions.IsTrue(run.Status?.Conditions, RunConditions.Accepted);

    private static string BackoffMessage(RunSnapshot snapshot, AgentRun run, DateTimeOffset notBefore) =>
        $"Attempt {run.LastAttempt()?.Attempt} ended with {run.LastAttempt()?.Reason}; attempt {run.NextAttempt()} follows at {notBefore:yyyy-MM-dd'T'HH:mm:ss'Z'} "
        + $"(retry {RetryDecision.Failures(run)} of {snapshot.Options.RetryLimitOf(run)}).";

    // Far behind, the position is the one at which it was queued, also for an operator that was started since.
    private static int? Position(AgentRun run, Placement placement) =>
        run.Status is { Reason: RunReason.Queued, QueuePosition: > QueueOptions.ExactPositions and { } said }
        && placement.QueuePosition > QueueOptions.ExactPositions
            ? said
            : placement.QueuePosition;

    // Half of the time that it has waited: often at first, when the Secret is just about to be applied, and seldom later.
    private static TimeSpan RetryOf(RunSnapshot snapshot)
    {
        var waited = (snapshot.Now - (snapshot.Run.Metadata.CreationTimestamp ?? snapshot.Now)) / 2;
        var (min, max) = (snapshot.Options.SecretRetry, snapshot.Options.SecretRetryMax);
        return waited < min ? min
            : waited > max ? max
            : waited;
    }
}
