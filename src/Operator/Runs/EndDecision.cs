using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>What follows from the end of the attempt under way; pure.</summary>
internal static class EndDecision
{
    /// <summary>The bridge says how it ended: that is copied, whatever else may have been asked for meanwhile.</summary>
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
        var exitCode = StatusCuts.ExitCode(end.ExitCode);
        var ended = RunTransitions.AttemptEnded(run, reason, endedAt, exitCode, RunUsages.Money(end.Usage?.CostUSD)) with
        {
            Hooks = HookStatuses.Of(run.Spec?.Lifecycle, observed.Hooks) ?? run.Status?.Hooks,
            Usage = RunUsages.Add(run.Status?.Usage, end.Usage),
            Budget = RunBudgets.Add(run, Known(run, end.Usage)),
            Session = SessionDecision.Ended(run.Status?.Session, end),
            Model = StatusCuts.Word(end.Model, RunLimits.ModelName) ?? run.Status?.Model,
        };
        if (reason == RunReason.Suspended)
        {
            return WaitingDecision.Decide(snapshot, run with { Status = ended }, events);
        }

        if (RetryDecision.Follows(run, reason, snapshot.Options))
        {
            return Retry(snapshot, RetryDecision.Counted(run with { Status = ended }), reason, StatusCuts.Message(end.Message), events);
        }

        ended = ended with
        {
            ExitCode = exitCode,
            Signal = StatusCuts.Word(end.Signal),
            Result = StatusCuts.Result(end.Result, end.Structured, snapshot.Options.StatusBytesOf(run)),
            SessionID = StatusCuts.Word(end.SessionID),
        };
        return Finish(snapshot, run with { Status = ended }, endedAt, reason, end.Message, events);
    }

    /// <summary>
    /// The attempt's node is lost, or cannot run it: by the spec another attempt follows elsewhere, in the same write if there is room.
    /// </summary>
    /// <param name="snapshot">What the decision goes by.</param>
    /// <param name="lostAt">When it was lost.</param>
    /// <param name="message">One sentence on it.</param>
    /// <param name="usage">What the attempt used, if its bridge came back to say so.</param>
    /// <param name="reason">NodeLost or NodeUnfit.</param>
    public static RunVerdict Lost(
        RunSnapshot snapshot,
        DateTimeOffset lostAt,
        string message,
        AttemptUsage? usage = null,
        RunReason reason = RunReason.NodeLost
    )
    {
        message = StatusCuts.Message(message);
        var ended = RunTransitions.AttemptEnded(snapshot.Run, reason, lostAt, costUSD: RunUsages.Money(usage?.CostUSD));
        var run = snapshot.Run with
        {
            Status = ended with { Usage = RunUsages.Add(ended.Usage, usage), Budget = RunBudgets.Add(snapshot.Run, usage) },
        };
        List<RunEvent> events = [RunEvents.NodeFailed(reason, message)];
        if (run.IsCancelled())
        {
            return Finish(snapshot, run, lostAt, RunReason.Cancelled, $"Cancelled. {message}", events);
        }
        // It was to be ended there anyhow: that it was lost instead is no retry.
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
                $"{message} What it spent is not known, so that spec.budget leaves nothing for another attempt.",
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

    /// <summary>A status that is final, and its events.</summary>
    internal static RunVerdict Finish(
        RunSnapshot snapshot,
        AgentRun run,
        DateTimeOffset endedAt,
        RunReason reason,
        string message,
        IReadOnlyList<RunEvent> events
    )
    {
        var status = RunTransitions.Finished(run, snapshot.Now, endedAt, reason, StatusCuts.Message(message));
        return RunDecision.Store(snapshot, status, [.. events, .. RunEvents.Ended(status)]);
    }

    private static RunVerdict Retry(RunSnapshot snapshot, AgentRun run, RunReason reason, string message, IReadOnlyList<RunEvent> events)
    {
        var at = RetryDecision.NotBefore(run, snapshot.Options) ?? snapshot.Now;
        return WaitingDecision.Decide(snapshot, run, [.. events, RunEvents.RetryingAt(run, reason, message, at)]);
    }

    // An attempt whose agent never started has used nothing; what another used is not known unless its bridge says so.
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
