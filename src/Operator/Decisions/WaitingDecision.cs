using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Decides what to do with a run that has no live attempt; pure.</summary>
internal static class WaitingDecision
{
    /// <summary>
    /// What a run must meet to be scheduled, in order: first what can never become true, then what may still become true. The first check
    /// that a run does not meet decides on it.
    /// </summary>
    internal static readonly IReadOnlyList<WaitingCheck> Checks =
    [
        new("The namespace has room", NamespaceHasRoom, RunReason.Queued),
        new("The whole spec is known", SpecIsWhole),
        new("The spec is valid", SpecIsValid, RunReason.InvalidSpec),
        new("The operator allows the spec", IsAllowed, RunReason.PolicyDenied),
        new("The run is not cancelled", IsNotCancelled, RunReason.Cancelled),
        new("The budget is not used up", HasBudget, RunReason.BudgetExceeded),
        new("The run is not suspended", IsNotSuspended, RunReason.Suspended),
        new("The retry delay is over", DelayIsOver, RunReason.Backoff),
        new("The session exists", SessionChecks.Exists, RunReason.SessionNotFound),
        new("The inputs are known", InputsAreKnown),
        new("The inputs can be used", HasInputs, RunReason.SecretNotFound, RunReason.SecretNotAllowed, RunReason.ConfigMapNotFound),
        new("The session still exists", SessionChecks.StillExists, RunReason.SessionNotFound),
        new("The session is not lost", SessionChecks.IsNotLost, RunReason.SessionLost),
        new("The session is not suspended", SessionChecks.IsNotSuspended, RunReason.WaitingForSession),
        new("The run is the next of its session", SessionChecks.IsNext, RunReason.WaitingForSession),
        new("The placement is known", PlacementIsKnown),
        new("A node permits the run", IsPermitted, RunReason.VolumeDenied, RunReason.PolicyDenied),
        new(
            "A node has room for the run",
            HasNode,
            RunReason.NoNodeMatches,
            RunReason.WaitingForNode,
            RunReason.LimitsNotEnforceable,
            RunReason.Queued
        ),
        new("The run has its session", SessionChecks.IsHeld),
    ];

    /// <summary>Decides on a run.</summary>
    /// <param name="snapshot">What the decision depends on.</param>
    /// <param name="run">The run. Its status may already say, unlike the status in the snapshot, that its last attempt has ended.</param>
    /// <param name="events">The Events that precede those of this decision.</param>
    public static RunVerdict Decide(RunSnapshot snapshot, AgentRun run, IReadOnlyList<RunEvent> events)
    {
        var waiting = new WaitingCase(snapshot, run, events);
        foreach (var check in Checks)
        {
            if (check.Verdict(waiting) is { } verdict)
            {
                return verdict;
            }
        }

        return Schedule(waiting);
    }

    private static RunVerdict? NamespaceHasRoom(WaitingCase waiting) =>
        waiting.Snapshot.HeldBack is { } message && !waiting.Run.IsCancelled() && !waiting.Run.IsSuspended()
            ? waiting.Waits(IsAccepted(waiting.Run), RunReason.Queued, message)
            : null;

    private static RunVerdict? SpecIsWhole(WaitingCase waiting) => waiting.Run.IsAbridged() ? new() { Need = RunNeed.Spec } : null;

    private static RunVerdict? SpecIsValid(WaitingCase waiting) =>
        AgentRunValidator.Validate(waiting.Run.Spec) is [var error, ..] ? waiting.Ends(RunReason.InvalidSpec, error.ToString()) : null;

    private static RunVerdict? IsAllowed(WaitingCase waiting) =>
        BaselinePolicy.Denial(waiting.Run.Spec!, waiting.Options) is { } denial ? waiting.Ends(RunReason.PolicyDenied, denial) : null;

    private static RunVerdict? IsNotCancelled(WaitingCase waiting) =>
        waiting.Run.IsCancelled()
            ? waiting.Ends(
                RunReason.Cancelled,
                waiting.Run.LastAttempt() is null
                    ? "Cancelled before it was scheduled."
                    : "Cancelled while it was waiting for its next attempt."
            )
            : null;

    private static RunVerdict? HasBudget(WaitingCase waiting) =>
        RunBudgets.IsUsedUp(waiting.Run) ? waiting.Ends(RunReason.BudgetExceeded, "spec.budget is used up.") : null;

    // A suspended run asks for nothing: it has no use for inputs or a node.
    private static RunVerdict? IsNotSuspended(WaitingCase waiting)
    {
        var run = waiting.Run;
        if (!run.IsSuspended())
        {
            return null;
        }

        var message = run.LastAttempt() is { Attempt: { } last }
            ? $"Suspended after attempt {last}. Attempt {run.NextAttempt()} starts from the beginning when spec.suspend is false."
            : "Suspended before it was scheduled. It starts when spec.suspend is false.";
        var status = RunTransitions.Waiting(run, waiting.Snapshot.Now, IsAccepted(run), RunReason.Suspended, message);
        return RunDecision.Store(
            waiting.Snapshot,
            status,
            run.Status?.Reason == RunReason.Suspended ? waiting.Events : [.. waiting.Events, RunEvents.Suspended(status)]
        );
    }

    private static RunVerdict? DelayIsOver(WaitingCase waiting)
    {
        var run = waiting.Run;
        if (RetryDecision.NotBefore(run, waiting.Options) is not { } notBefore || notBefore <= waiting.Snapshot.Now)
        {
            return null;
        }

        var message =
            $"Attempt {run.LastAttempt()?.Attempt} ended with {run.LastAttempt()?.Reason}. "
            + $"Attempt {run.NextAttempt()} starts at {notBefore:yyyy-MM-dd'T'HH:mm:ss'Z'} "
            + $"(retry {RetryDecision.Failures(run)} of {waiting.Options.RetryLimitOf(run)}).";
        return waiting.Waits(accepted: true, RunReason.Backoff, message, lookAgain: notBefore);
    }

    private static RunVerdict? InputsAreKnown(WaitingCase waiting) =>
        waiting.Snapshot.Inputs is null ? new() { Need = RunNeed.Inputs } : null;

    // A run that waits for a named input is woken when the input changes. Any other run looks again by itself.
    private static RunVerdict? HasInputs(WaitingCase waiting) =>
        waiting.Snapshot.Inputs is { Reason: { } missing } inputs
            ? waiting.Waits(
                accepted: false,
                missing,
                StatusBounds.Message(inputs.Message),
                lookAgain: inputs.WaitsFor is null ? waiting.Snapshot.Now + PollInterval(waiting) : null
            )
            : null;

    private static RunVerdict? PlacementIsKnown(WaitingCase waiting) =>
        waiting.Snapshot.Placement is null
            ? new() { Need = RunNeed.Placement, Waiting = WaitingRuns.From(waiting.Run, Resolve(waiting)) }
            : null;

    private static RunVerdict? IsPermitted(WaitingCase waiting) =>
        waiting.Snapshot.Placement is { IsPlaced: false, Final: true } denied ? waiting.Ends(denied.Reason.Value, denied.Message) : null;

    private static RunVerdict? HasNode(WaitingCase waiting)
    {
        if (waiting.Snapshot.Placement is not { IsPlaced: false } placement)
        {
            return null;
        }

        var (reason, message) = SessionChecks.Unplaced(waiting.Snapshot, placement);
        return waiting.Waits(accepted: true, reason, StatusBounds.Message(message), Position(waiting.Run, placement));
    }

    private static RunVerdict Schedule(WaitingCase waiting)
    {
        var node = waiting.Snapshot.Placement!.Node!;
        var status = RunTransitions.Scheduled(waiting.Run, waiting.Snapshot.Now, Resolve(waiting), node) with
        {
            Session = SessionChecks.Recorded(waiting.Snapshot),
        };
        return RunDecision.Store(waiting.Snapshot, status, [.. waiting.Events, RunEvents.Scheduled(status)]) with
        {
            Before = [new DesiredAttemptState(node, waiting.Run.NextAttempt(), DesiredState.Hold)],
        };
    }

    private static ResolvedRun Resolve(WaitingCase waiting) => waiting.Options.Defaults.Resolve(waiting.Run.Spec!);

    private static bool IsAccepted(AgentRun run) => Conditions.IsTrue(run.Status?.Conditions, RunConditions.Accepted);

    // Far behind in the queue, a run keeps the position at which it was queued, also after a restart of the operator.
    private static int? Position(AgentRun run, Placement placement) =>
        run.Status is { Reason: RunReason.Queued, QueuePosition: > QueueOptions.ExactPositions and { } shown }
        && placement.QueuePosition > QueueOptions.ExactPositions
            ? shown
            : placement.QueuePosition;

    // Half of the time that the run has waited: often at first, when its Secret is probably about to be created, and rarely later.
    private static TimeSpan PollInterval(WaitingCase waiting)
    {
        var waited = (waiting.Snapshot.Now - (waiting.Snapshot.Run.Metadata.CreationTimestamp ?? waiting.Snapshot.Now)) / 2;
        var (min, max) = (waiting.Options.Inputs.PollInterval, waiting.Options.Inputs.PollIntervalMax);
        return waited < min ? min
            : waited > max ? max
            : waited;
    }
}
