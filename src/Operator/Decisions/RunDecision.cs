using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Decides what to do with a run; pure. The same snapshot gives the same verdict.</summary>
internal static class RunDecision
{
    /// <summary>Returns the verdict. If it has a <see cref="RunVerdict.Need"/>, decide again with what it needs.</summary>
    public static RunVerdict Decide(RunSnapshot snapshot)
    {
        var run = snapshot.Run;
        if (run.IsFinished())
        {
            return Finished(snapshot);
        }

        return run.LiveAttempt() is { } live ? Live(snapshot, live) : WaitingDecision.Decide(snapshot, run, []);
    }

    /// <summary>Returns a verdict with this status and what follows from it. A status that is already stored is left out.</summary>
    internal static RunVerdict Store(
        RunSnapshot snapshot,
        AgentRunStatus status,
        IReadOnlyList<RunEvent> events,
        DateTimeOffset? lookAgain = null
    )
    {
        var same = StatusComparison.IsSame(status, snapshot.Run.Status, CrdsJson.Default.AgentRunStatus);
        var stored = snapshot.Run with { Status = status };
        return new()
        {
            Status = same ? null : status,
            After = DesiredAttemptStates.Of(stored, snapshot.Now, snapshot.Options),
            Events = same ? [] : events,
            LookAgain =
                lookAgain
                ?? Earlier(DesiredAttemptStates.FreedAt(stored, snapshot.Now, snapshot.Options), DesiredAttemptStates.DeletedAt(stored)),
        };
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    // The spec of a finished run may still change, for example its TTL. Then every observedGeneration follows, and nothing starts.
    private static RunVerdict Finished(RunSnapshot snapshot) =>
        DesiredAttemptStates.DeletedAt(snapshot.Run) <= snapshot.Now
            ? new() { Delete = true }
            : Store(snapshot, RunTransitions.Restamped(snapshot.Run, snapshot.Now), []);

    private static RunVerdict Live(RunSnapshot snapshot, RunAttempt live)
    {
        // A report from another node or of another attempt does not count.
        var observed = snapshot.Observed is { } o && o.Node == live.Node && o.Attempt == live.Attempt ? o : null;
        if (observed?.End is { } end)
        {
            return EndDecision.Decide(snapshot, observed, end);
        }

        if (snapshot.NodeLostAt is { } lostAt && lostAt <= snapshot.Now)
        {
            return EndDecision.Lost(snapshot, lostAt, $"Node {live.Node} was lost: it did not renew its lease.");
        }

        return UnderWay(snapshot, observed);
    }

    private static RunVerdict UnderWay(RunSnapshot snapshot, ObservedAttempt? observed)
    {
        var run = snapshot.Run;
        List<RunEvent> events = [];
        var status = run.Status!;
        if (observed?.Stage == AttemptStage.Running && RunPhases.Derive(status.Conditions) != RunPhase.Running)
        {
            status = RunTransitions.Started(run, snapshot.Now) with { Hooks = HookStatuses.Of(run.Spec?.Lifecycle, observed.Hooks) };
            events.Add(RunEvents.Started(status));
        }
        status = status with { Git = GitStatuses.Add(status.Git, observed?.Git) };
        status = (run.IsCancelled(), run.IsSuspended()) switch
        {
            (true, _) => RunTransitions.Cancelling(run, status, snapshot.Now),
            _ when run.LacksSession() => RunTransitions.LosingSession(run, status, snapshot.Now),
            (_, true) => RunTransitions.Suspending(run, status, snapshot.Now),
            _ => RunTransitions.GoingOn(run, status, snapshot.Now),
        };
        var verdict = Store(snapshot, status, events, snapshot.NodeLostAt);
        // A stop need not wait for the record: sending it twice does no harm, but sending it late does.
        return verdict with { Before = [.. verdict.After.Where(d => d.State == DesiredState.Stop)] };
    }
}
