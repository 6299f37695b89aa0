using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Sessions;

/// <summary>What a run's session means for it; pure.</summary>
internal static class SessionDecision
{
    /// <summary>What becomes of a run that may not go on yet, or never; null for one whose turn it is, or that has no session.</summary>
    public static RunVerdict? Decide(RunSnapshot snapshot, AgentRun run, IReadOnlyList<RunEvent> events)
    {
        if (run.Spec?.SessionRef?.Name is not { } name)
        {
            return null;
        }

        if (snapshot.Session is not { } place)
        {
            return Waits(
                snapshot,
                run,
                events,
                RunReason.SessionNotFound,
                $"The AgentSession {name}, named by spec.sessionRef, is not there; create it in the run's namespace."
            );
        }

        var session = place.Session;
        if (session.Status?.Phase == SessionPhase.Lost)
        {
            return EndDecision.Finish(
                snapshot,
                run,
                snapshot.Now,
                RunReason.SessionLost,
                $"What the session {name} had on {session.Status.NodeName} is lost; delete the AgentSession and make a new one.",
                events
            );
        }

        if (place.IsHeldBy(run))
        {
            return null;
        }

        if (session.Spec?.Suspend == true)
        {
            return Waits(
                snapshot,
                run,
                events,
                RunReason.WaitingForSession,
                $"The session {name} is suspended; the run follows once its spec.suspend is false.",
                place.Position
            );
        }

        return session.Status?.ActiveRun is not null || place.Position > 1
            ? Waits(
                snapshot,
                run,
                events,
                RunReason.WaitingForSession,
                $"The session {name} has one run at a time; others come before this one.",
                place.Position
            )
            : null;
    }

    /// <summary>Why a run whose turn it is has no node: a session that is on one goes to no other.</summary>
    public static (RunReason Reason, string Message) Unplaced(RunSnapshot snapshot, Placement placement) =>
        snapshot.Session?.Session.Status?.NodeName is { } node && placement.Reason == RunReason.NoNodeMatches
            ? (RunReason.WaitingForNode, $"The session is on {node}, and its runs go nowhere else. {placement.Message}")
            : (placement.Reason!.Value, placement.Message);

    /// <summary>What the run's status says of its session while an attempt is under way.</summary>
    public static RunSession? Recorded(RunSnapshot snapshot) =>
        snapshot.Session is { } place
            ? new RunSession { UID = place.Session.Metadata.Uid, StorageBytes = snapshot.Run.Status?.Session?.StorageBytes }
            : null;

    /// <summary>The same at the attempt's end, with what the node says.</summary>
    public static RunSession? Ended(RunSession? recorded, AttemptEnd end) =>
        recorded is null
            ? null
            : recorded with
            {
                StorageBytes = end.SessionBytes is { } bytes ? Math.Clamp(bytes, 0, StatusLimits.Count) : recorded.StorageBytes,
                Lost = end is { SessionGone: true, Reason: RunReason.SessionLost } ? true : null,
            };

    private static RunVerdict Waits(
        RunSnapshot snapshot,
        AgentRun run,
        IReadOnlyList<RunEvent> events,
        RunReason reason,
        string message,
        int? position = null
    )
    {
        var accepted = reason == RunReason.WaitingForSession;
        var shown = position is { } place && accepted ? Shown(run, place) : position;
        return RunDecision.Store(snapshot, RunTransitions.Waiting(run, snapshot.Now, accepted, reason, message, shown), events);
    }

    // As in the queue for nodes: exact for the first, and for the others the place at which they came.
    private static int Shown(AgentRun run, int place) =>
        place > QueueOptions.ExactPositions
        && run.Status is { Reason: RunReason.WaitingForSession, QueuePosition: { } before and > QueueOptions.ExactPositions }
            ? before
            : place;
}
