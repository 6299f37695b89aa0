using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>
/// Builds the statuses that a run goes through; pure. Each is built from the one before and names the generation that it describes. Its
/// phase follows from its conditions.
/// </summary>
internal static class RunTransitions
{
    /// <summary>The run waits: for an input (not accepted) or for a node (accepted).</summary>
    public static AgentRunStatus Waiting(
        AgentRun run,
        DateTimeOffset now,
        bool accepted,
        RunReason reason,
        string message,
        int? queuePosition = null
    ) =>
        Stamp(
            run,
            (run.Status ?? new()) with
            {
                QueuePosition = queuePosition,
            },
            reason,
            message,
            Conditions(run, now)
                .Set(
                    RunConditions.Accepted,
                    accepted ? ConditionStatus.True : ConditionStatus.False,
                    accepted ? "Accepted" : $"{reason}",
                    accepted ? IsAccepted : message
                )
                .Set(RunConditions.Scheduled, ConditionStatus.False, $"{reason}", message)
                .Set(RunConditions.Started, ConditionStatus.False, $"{reason}", NotStarted)
                .UnderWay($"{reason}", message)
        );

    /// <summary>The next attempt has a node.</summary>
    public static AgentRunStatus Scheduled(AgentRun run, DateTimeOffset now, ResolvedRun resolved, string node)
    {
        var attempt = run.NextAttempt();
        var start = now.WholeSeconds();
        var message = $"Preparing attempt {attempt} on {node}.";
        var before = run.Status ?? new();
        var status = before with
        {
            NodeName = node,
            Attempt = attempt,
            Attempts =
            [
                .. (before.Attempts ?? []).TakeLast(StatusLimits.Attempts - 1),
                new RunAttempt
                {
                    Attempt = attempt,
                    Node = node,
                    StartTime = start,
                },
            ],
            StartTime = before.StartTime ?? start,
            Deadline = (now + resolved.Timeout).NextWholeSecond(),
            QueuePosition = null,
            Hooks = null,
        };
        return Stamp(
            run,
            status,
            null,
            message,
            Conditions(run, now)
                .Set(RunConditions.Accepted, ConditionStatus.True, "Accepted", IsAccepted)
                .Set(RunConditions.Scheduled, ConditionStatus.True, "Scheduled", $"Attempt {attempt} is scheduled on {node}.")
                .Set(RunConditions.Started, ConditionStatus.False, "Preparing", NotStarted)
                .UnderWay("Preparing", message)
        );
    }

    /// <summary>The agent of the live attempt is running.</summary>
    public static AgentRunStatus Started(AgentRun run, DateTimeOffset now)
    {
        var status = run.Status ?? new();
        var message = $"The agent is running on {status.NodeName}.";
        return Stamp(
            run,
            status with
            {
                AgentStartTime = status.AgentStartTime ?? now.WholeSeconds(),
            },
            null,
            message,
            Conditions(run, now)
                .Set(RunConditions.Started, ConditionStatus.True, "Started", $"The agent of attempt {status.Attempt} has started.")
                .UnderWay("Running", message)
        );
    }

    /// <summary>The run is being cancelled, and its node has not reported the end yet.</summary>
    public static AgentRunStatus Cancelling(AgentRun run, AgentRunStatus status, DateTimeOffset now)
    {
        var message = run.IsDeleted()
            ? $"The run is being deleted; stopping its agent on {status.NodeName}."
            : $"Cancelling on {status.NodeName}.";
        return Stamp(run, status, null, message, Conditions(run with { Status = status }, now).UnderWay("Cancelling", message));
    }

    /// <summary>The session of the run was deleted, and its node has not reported the end of the attempt yet.</summary>
    public static AgentRunStatus LosingSession(AgentRun run, AgentRunStatus status, DateTimeOffset now)
    {
        var message = $"The session was deleted; stopping the agent on {status.NodeName}.";
        return Stamp(run, status, null, message, Conditions(run with { Status = status }, now).UnderWay("LosingSession", message));
    }

    /// <summary>The run is being suspended, and its node has not reported the end of the attempt yet.</summary>
    public static AgentRunStatus Suspending(AgentRun run, AgentRunStatus status, DateTimeOffset now)
    {
        var message = $"Suspending on {status.NodeName}.";
        return Stamp(run, status, null, message, Conditions(run with { Status = status }, now).UnderWay(SuspendingReason, message));
    }

    /// <summary>
    /// The attempt continues. If the run was being suspended and no longer is, its node may have stopped the attempt; then its end follows.
    /// </summary>
    public static AgentRunStatus GoingOn(AgentRun run, AgentRunStatus status, DateTimeOffset now)
    {
        var stamped = run with { Status = status };
        if (Kubernetes.Model.Conditions.Find(status.Conditions, RunConditions.Reconciling)?.Reason != SuspendingReason)
        {
            return Restamped(stamped, now);
        }

        if (RunPhases.Derive(status.Conditions) == RunPhase.Running)
        {
            return Started(stamped, now);
        }

        var message = $"Preparing attempt {status.Attempt} on {status.NodeName}.";
        return Stamp(run, status, null, message, Conditions(stamped, now).UnderWay("Preparing", message));
    }

    /// <summary>The same status for a changed spec, with the new generation everywhere.</summary>
    public static AgentRunStatus Restamped(AgentRun run, DateTimeOffset now) =>
        Stamp(run, run.Status ?? new(), run.Status?.Reason, run.Status?.Message, Conditions(run, now));

    /// <summary>The last attempt has ended. The caller builds the next status of the run from this one.</summary>
    public static AgentRunStatus AttemptEnded(
        AgentRun run,
        RunReason reason,
        DateTimeOffset endedAt,
        int? exitCode = null,
        string? costUSD = null
    )
    {
        var status = run.Status ?? new();
        if (status.Attempts is not { Count: > 0 } attempts)
        {
            return status;
        }

        var end = attempts[^1] with
        {
            EndTime = Later(endedAt.WholeSeconds(), attempts[^1].StartTime),
            Reason = reason,
            ExitCode = exitCode,
            CostUSD = costUSD,
        };
        return status with { Attempts = [.. attempts.SkipLast(1), end] };
    }

    /// <summary>The run has finished.</summary>
    /// <param name="run">The run. Its last attempt has already ended, if there was one.</param>
    /// <param name="now">The time.</param>
    /// <param name="endedAt">When the run ended.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="message">One sentence on the reason.</param>
    public static AgentRunStatus Finished(AgentRun run, DateTimeOffset now, DateTimeOffset endedAt, RunReason reason, string message)
    {
        var before = run.Status ?? new();
        var completion = Later(endedAt.WholeSeconds(), before.StartTime);
        var status = before with
        {
            CompletionTime = completion,
            QueuePosition = null,
            Duration = before.StartTime is { } start ? new GoDuration(completion - start) : null,
        };
        var conditions = Conditions(run, now);
        if (reason == RunReason.InvalidSpec)
        {
            conditions.Set(RunConditions.Accepted, ConditionStatus.False, $"{reason}", message);
        }

        foreach (var step in (string[])[RunConditions.Accepted, RunConditions.Scheduled, RunConditions.Started])
        {
            conditions.SetIfOpen(step, $"{reason}");
        }

        return Stamp(
            run,
            status,
            reason,
            message,
            reason == RunReason.Completed ? conditions.Success(message) : conditions.Failure($"{reason}", message)
        );
    }

    private const string SuspendingReason = "Suspending";

    private const string IsAccepted = "The spec is valid and its inputs exist.";

    private const string NotStarted = "The agent of the current attempt has not started.";

    private static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset? bound) => bound > time ? bound.Value : time;

    private static ConditionList Conditions(AgentRun run, DateTimeOffset now) => new(run.Status?.Conditions, run.Metadata.Generation, now);

    private static AgentRunStatus Stamp(AgentRun run, AgentRunStatus status, RunReason? reason, string? message, ConditionList conditions)
    {
        var list = conditions.ToList();
        return status with
        {
            ObservedGeneration = run.Metadata.Generation,
            Phase = RunPhases.Derive(list),
            Reason = reason,
            Message = message,
            Conditions = list,
        };
    }
}
