using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>What the session of a run means for the run; pure. A run without a session passes every check.</summary>
internal static class SessionChecks
{
    /// <summary>The session exists in the store.</summary>
    public static RunVerdict? Exists(WaitingCase waiting) => waiting.Run.LacksSession() ? NotFound(waiting) : null;

    /// <summary>The session has not been deleted since the snapshot began.</summary>
    public static RunVerdict? StillExists(WaitingCase waiting) =>
        NameOf(waiting) is not null && waiting.Snapshot.Session is null ? NotFound(waiting) : null;

    /// <summary>The node of the session has not lost the session's data.</summary>
    public static RunVerdict? IsNotLost(WaitingCase waiting) =>
        NameOf(waiting) is { } name && waiting.Snapshot.Session?.Session.Status is { Phase: SessionPhase.Lost, NodeName: var node }
            ? waiting.Ends(
                RunReason.SessionLost,
                $"The data of AgentSession \"{name}\" on {node} is lost. Delete the AgentSession and create a new one."
            )
            : null;

    /// <summary>The session is ready for runs.</summary>
    public static RunVerdict? IsNotSuspended(WaitingCase waiting) =>
        Waited(waiting) is { Session.Spec.Suspend: true } place
            ? WaitsForTurn(waiting, place, $"Waiting for AgentSession \"{NameOf(waiting)}\": it is suspended.")
            : null;

    /// <summary>No other run has the session or comes before this run.</summary>
    public static RunVerdict? IsNext(WaitingCase waiting) =>
        Waited(waiting) is { } place && (place.Session.Status?.ActiveRun is not null || place.Position > 1)
            ? WaitsForTurn(waiting, place, $"Waiting for AgentSession \"{NameOf(waiting)}\": other runs come first, one at a time.")
            : null;

    /// <summary>The session is on record as the run's. It must be, before an attempt of the run is on record.</summary>
    public static RunVerdict? IsHeld(WaitingCase waiting) =>
        waiting.Snapshot.Session is { } place && !place.IsHeldBy(waiting.Run)
            ? new() { Need = RunNeed.Session, SessionNode = waiting.Snapshot.Placement!.Node }
            : null;

    /// <summary>Why a run that is next in its session has no node. A session that is on a node cannot move to another node.</summary>
    public static (RunReason Reason, string Message) Unplaced(RunSnapshot snapshot, Placement placement) =>
        snapshot.Session?.Session.Status?.NodeName is { } node && placement.Reason == RunReason.NoNodeMatches
            ? (RunReason.WaitingForNode, $"The session is on {node}, and its runs cannot run elsewhere. {placement.Message}")
            : (placement.Reason!.Value, placement.Message);

    /// <summary>What the status of a run with a live attempt says of its session.</summary>
    public static RunSession? Recorded(RunSnapshot snapshot) =>
        snapshot.Session is { } place
            ? new RunSession { UID = place.Session.Metadata.Uid, StorageBytes = snapshot.Run.Status?.Session?.StorageBytes }
            : null;

    /// <summary>What the status says of the session after the end of the attempt.</summary>
    public static RunSession? Ended(RunSession? recorded, AttemptEnd end) =>
        recorded is null
            ? null
            : recorded with
            {
                StorageBytes = end.SessionBytes is { } bytes ? Math.Clamp(bytes, 0, StatusLimits.Count) : recorded.StorageBytes,
                Lost = end is { SessionGone: true, Reason: RunReason.SessionLost } ? true : null,
            };

    private static string? NameOf(WaitingCase waiting) => waiting.Run.Spec?.SessionRef?.Name;

    // The session that the run waits for; null if it has none or already holds it.
    private static SessionPlace? Waited(WaitingCase waiting) =>
        NameOf(waiting) is not null && waiting.Snapshot.Session is { } place && !place.IsHeldBy(waiting.Run) ? place : null;

    private static RunVerdict NotFound(WaitingCase waiting) =>
        waiting.Waits(
            accepted: false,
            RunReason.SessionNotFound,
            $"Waiting for AgentSession \"{NameOf(waiting)}\" (spec.sessionRef): not found."
        );

    private static RunVerdict WaitsForTurn(WaitingCase waiting, SessionPlace place, string message) =>
        waiting.Waits(accepted: true, RunReason.WaitingForSession, message, Shown(waiting.Run, place.Position));

    // As in the queue for nodes: the first positions are exact, and a run far behind keeps the position at which it came.
    private static int Shown(AgentRun run, int place) =>
        place > QueueOptions.ExactPositions
        && run.Status is { Reason: RunReason.WaitingForSession, QueuePosition: { } before and > QueueOptions.ExactPositions }
            ? before
            : place;
}
