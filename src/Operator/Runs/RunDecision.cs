using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>Decides what to do with a run; pure. The same snapshot gives the same verdict, however often it is asked.</summary>
internal static class RunDecision
{
    /// <summary>The verdict; if it has a <see cref="RunVerdict.Need"/>, it is to be asked again with that.</summary>
    public static RunVerdict Decide(RunSnapshot snapshot)
    {
        var run = snapshot.Run;
        if (run.IsFinished())
        {
            return Finished(snapshot);
        }

        return run.LiveAttempt() is { } live ? Live(snapshot, live) : WaitingDecision.Decide(snapshot, run, []);
    }

    /// <summary>A verdict with this status, and what follows from it; the status is left out if it is stored already.</summary>
    internal static RunVerdict Store(
        RunSnapshot snapshot,
        AgentRunStatus status,
        IReadOnlyList<RunEvent> events,
        DateTimeOffset? lookAgain = null
    )
    {
        var same = StatusComparison.IsSame(status, snapshot.Run.Status);
        var stored = snapshot.Run with { Status = status };
        return new()
        {
            Status = same ? null : status,
            After = AttemptWishes.Of(stored, snapshot.Now, snapshot.Options),
            Events = same ? [] : events,
            LookAgain =
                lookAgain ?? Earlier(AttemptWishes.FreedAt(stored, snapshot.Now, snapshot.Options), AttemptWishes.DeletedAt(stored)),
        };
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    // Its spec may change still (the TTL, say): every observedGeneration follows, and nothing starts.
    private static RunVerdict Finished(RunSnapshot snapshot) =>
        AttemptWishes.DeletedAt(snapshot.Run) <= snapshot.Now
            ? new() { Delete = true }
            : Store(snapshot, RunTransitions.Restamped(snapshot.Run, snapshot.Now), []);

    private static RunVerdict Live(RunSnapshot snapshot, RunAttempt live)
    {
        // Another node, or an attempt that is not the one on record: nothing that it says counts.
        var observed = snapshot.Observed is { } o && o.Node == live.Node && o.Attempt == live.Attempt ? o : null;
        if (observed?.End is { } end)
        {
            return EndDecision.Decide(snapshot, observed, end);
        }

        if (snapshot.NodeLostAt is { } lostAt && lostAt <= snapshot.Now)
        {
            return EndDecision.Lost(snapshot, lostAt, $"The node {live.Node} was lost: it did not renew its lease.");
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
        status = (run.IsCancelled(), run.IsSuspended()) switch
        {
            (true, _) => RunTransitions.Cancelling(run, status, snapshot.Now),
            _ when run.LacksSession() => RunTransitions.LosingSession(run, status, snapshot.Now),
            (_, true) => RunTransitions.Suspending(run, status, snapshot.Now),
            _ => RunTransitions.GoingOn(run, status, snapshot.Now),
        };
        var verdict = Store(snapshot, status, events, snapshot.NodeLostAt);
        // To stop needs no record: what is sent twice does no harm, what is sent late does.
        return verdict with { Before = [.. verdict.After.Where(w => w.State == DesiredState.Stop)] };
    }
}
