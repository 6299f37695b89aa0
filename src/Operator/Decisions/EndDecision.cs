using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Pricing;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Decides what follows from the end of the live attempt; pure.</summary>
internal static class EndDecision
{
    /// <summary>The bridge reported the end of the attempt. Its reason is copied, whatever was requested meanwhile.</summary>
    public static RunVerdict Decide(RunSnapshot snapshot, ObservedAttempt observed, AttemptEnd end)
    {
        var endedAt = observed.EndedAt ?? snapshot.Now;
        if (end.Reason == RunReason.NodeLost)
        {
            return Lost(snapshot, endedAt, end.Message, end.Usage);
        }

        if (end.Reason == RunReason.NodeUnfit)
        {
            return Lost(snapshot, endedAt, end.Message, Known(snapshot.Run, end.Usage), RunReason.NodeUnfit);
        }

        var run = snapshot.Run;
        List<RunEvent> events = [];
        if (observed.StartedAt is not null && RunPhases.Derive(run.Status?.Conditions) != RunPhase.Running)
        {
            run = run with { Status = RunTransitions.Started(run, snapshot.Now) };
            events.Add(RunEvents.Started(run.Status!));
        }
        var reason = IsEnd(end.Reason) ? end.Reason : RunReason.AgentError;
        var exitCode = StatusBounds.ExitCode(end.ExitCode);
        var ended = RunTransitions.AttemptEnded(run, reason, endedAt, exitCode, Dollars.Format(end.Usage?.CostUSD)) with
        {
            Hooks = HookStatuses.Of(run.Spec?.Lifecycle, observed.Hooks) ?? run.Status?.Hooks,
            Git = GitStatuses.Add(run.Status?.Git, observed.Git),
            Usage = RunUsages.Add(run.Status?.Usage, end.Usage),
            Budget = RunBudgets.Add(run, Known(run, end.Usage)),
            Session = SessionChecks.Ended(run.Status?.Session, end),
            Model = StatusBounds.Word(end.Model, RunLimits.ModelName) ?? run.Status?.Model,
        };
        if (reason == RunReason.Suspended)
        {
            return WaitingDecision.Decide(snapshot, run with { Status = ended }, events);
        }

        if (RetryDecision.Follows(run, reason, snapshot.Options))
        {
            return Retry(snapshot, RetryDecision.Counted(run with { Status = ended }), reason, StatusBounds.Message(end.Message), events);
        }

        ended = ended with
        {
            ExitCode = exitCode,
            Signal = StatusBounds.Word(end.Signal),
            Result = StatusBounds.Result(end.Result, end.Structured, snapshot.Options.StatusBytesOf(run)),
            SessionID = StatusBounds.Word(end.SessionID),
        };
        return Finish(snapshot, run with { Status = ended }, endedAt, reason, end.Message, events);
    }

    /// <summary>
    /// The node of the attempt is lost or cannot run it. If the spec allows, another attempt follows on another node, in the same write if
    /// there is room.
    /// </summary>
    /// <param name="snapshot">What the decision depends on.</param>
    /// <param name="lostAt">When the attempt ended.</param>
    /// <param name="message">One sentence on the reason.</param>
    /// <param name="usage">The usage of the attempt; null if its bridge did not report it.</param>
    /// <param name="reason">NodeLost or NodeUnfit.</param>
    public static RunVerdict Lost(
        RunSnapshot snapshot,
        DateTimeOffset lostAt,
        string message,
        AttemptUsage? usage = null,
        RunReason reason = RunReason.NodeLost
    )
    {
        message = StatusBounds.Message(message);
        var ended = RunTransitions.AttemptEnded(snapshot.Run, reason, lostAt, costUSD: Dollars.Format(usage?.CostUSD));
        var run = snapshot.Run with
        {
            Status = ended with { Usage = RunUsages.Add(ended.Usage, usage), Budget = RunBudgets.Add(snapshot.Run, usage) },
        };
        List<RunEvent> events = [RunEvents.NodeFailed(reason, message)];
        if (run.IsCancelled())
        {
            return Finish(snapshot, run, lostAt, RunReason.Cancelled, $"Cancelled. {message}", events);
        }
        // The attempt was being stopped anyway, so losing its node does not count as a retry.
        if (run.IsSuspended())
        {
            return WaitingDecision.Decide(snapshot, run, events);
        }

        if (RunBudgets.IsUsedUp(run))
        {
            return Finish(
                snapshot,
                run,
                lostAt,
                reason,
                $"{message} Its usage is unknown, so spec.budget leaves nothing for another attempt.",
                events
            );
        }

        if (!RetryDecision.FollowsLoss(run, snapshot.Options))
        {
            return Finish(snapshot, run, lostAt, reason, message, events);
        }

        run = RetryDecision.CountedLoss(run);
        events.Add(RunEvents.Retrying(run.NextAttempt(), reason));
        return WaitingDecision.Decide(snapshot, run, events);
    }

    /// <summary>The verdict with a final status and its Events.</summary>
    internal static RunVerdict Finish(
        RunSnapshot snapshot,
        AgentRun run,
        DateTimeOffset endedAt,
        RunReason reason,
        string message,
        IReadOnlyList<RunEvent> events
    )
    {
        var status = RunTransitions.Finished(run, snapshot.Now, endedAt, reason, StatusBounds.Message(message));
        return RunDecision.Store(snapshot, status, [.. events, .. RunEvents.Ended(status)]);
    }

    private static RunVerdict Retry(RunSnapshot snapshot, AgentRun run, RunReason reason, string message, IReadOnlyList<RunEvent> events)
    {
        var at = RetryDecision.NotBefore(run, snapshot.Options) ?? snapshot.Now;
        return WaitingDecision.Decide(snapshot, run, [.. events, RunEvents.RetryingAt(run, reason, message, at)]);
    }

    // An attempt whose agent never started has used nothing. The usage of any other attempt is unknown unless its bridge reports it.
    private static AttemptUsage? Known(AgentRun run, AttemptUsage? usage) =>
        usage ?? (RunPhases.Derive(run.Status?.Conditions) == RunPhase.Running ? null : new());

    private static bool IsEnd(RunReason reason) =>
        reason
            is not (
                RunReason.SecretNotAllowed
                or RunReason.ConfigMapNotFound
                or RunReason.SessionNotFound
                or RunReason.NoNodeMatches
                or RunReason.WaitingForNode
                or RunReason.WaitingForSession
                or RunReason.LimitsNotEnforceable
                or RunReason.Queued
                or RunReason.Backoff
            )
        && Enum.IsDefined(reason);
}
