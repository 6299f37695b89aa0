using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Sessions;

/// <summary>Builds the status of a session; pure.</summary>
internal static class SessionStatuses
{
    /// <summary>The run takes the session. The first run also gives the session its node.</summary>
    public static AgentSessionStatus Taken(AgentSession session, AgentRun run, string node, DateTimeOffset now) =>
        (session.Status ?? new()) with
        {
            NodeName = session.Status?.NodeName ?? node,
            ActiveRun = new SessionRun
            {
                Name = run.Metadata.Name,
                UID = run.UID(),
                UsageBefore = run.Status?.Usage,
            },
            LastActivityTime = now.WholeSeconds(),
        };

    /// <summary>The run leaves the session. Its usage is counted in the same write, so that it counts once.</summary>
    /// <param name="session">The session.</param>
    /// <param name="run">The whole run, with what comes from the session; null if it is gone.</param>
    /// <param name="now">The time.</param>
    public static AgentSessionStatus Left(AgentSession session, AgentRun? run, DateTimeOffset now)
    {
        var before = session.Status ?? new();
        var status = before with { ActiveRun = null, LastActivityTime = now.WholeSeconds() };
        if (run is null)
        {
            return status;
        }

        var turn = run.IsFinished() && Conditions.IsTrue(run.Status?.Conditions, RunConditions.Started);
        return status with
        {
            Turns = turn ? Math.Min(int.MaxValue - 1, before.Turns ?? 0) + 1 : before.Turns,
            Usage = SessionUsages.Add(before.Usage, SessionUsages.Since(run.Status?.Usage, before.ActiveRun?.UsageBefore)),
            SessionID = SessionConversation.After(run, before.SessionID),
            StorageBytes = run.Status?.Session?.StorageBytes ?? before.StorageBytes,
            Phase = run.Status?.Session?.Lost == true ? SessionPhase.Lost : before.Phase,
        };
    }

    /// <summary>Returns the status with phase, conditions and queue.</summary>
    /// <param name="session">The session. The facts in its status are correct.</param>
    /// <param name="queue">The runs that wait for the session.</param>
    /// <param name="nodeIsLost">Whether its node is lost.</param>
    /// <param name="now">The time.</param>
    public static AgentSessionStatus Shown(AgentSession session, IReadOnlyList<AgentRun> queue, bool nodeIsLost, DateTimeOffset now)
    {
        var before = session.Status ?? new();
        var (phase, reason, message) = Judge(session, before, nodeIsLost);
        var conditions = new ConditionList(before.Conditions, session.Metadata.Generation, now);
        var list = (
            phase switch
            {
                SessionPhase.Lost or SessionPhase.Failed => conditions
                    .Set(RunConditions.Ready, ConditionStatus.False, $"{reason}", message)
                    .Set(RunConditions.Stalled, ConditionStatus.True, $"{reason}", message)
                    .Remove(RunConditions.Reconciling),
                SessionPhase.Pending => conditions
                    .Set(RunConditions.Ready, ConditionStatus.False, $"{reason}", message)
                    .Set(RunConditions.Reconciling, ConditionStatus.True, $"{reason}", message)
                    .Remove(RunConditions.Stalled),
                _ => conditions
                    .Set(RunConditions.Ready, ConditionStatus.True, $"{reason}", message)
                    .Remove(RunConditions.Reconciling)
                    .Remove(RunConditions.Stalled),
            }
        ).ToList();
        return before with
        {
            ObservedGeneration = session.Metadata.Generation,
            Phase = phase,
            Reason = reason,
            Message = message,
            Conditions = list,
            Turns = before.Turns ?? 0,
            QueueLength = queue.Count,
            Queue = queue.Count == 0 ? null : [.. queue.Take(SessionLimits.Queue).Select(run => run.Metadata.Name ?? "")],
        };
    }

    private static (SessionPhase Phase, SessionReason Reason, string Message) Judge(
        AgentSession session,
        AgentSessionStatus status,
        bool nodeIsLost
    )
    {
        if (status.Phase == SessionPhase.Lost)
        {
            return (
                SessionPhase.Lost,
                SessionReason.SessionLost,
                $"The session's data on {status.NodeName} is lost. Delete the AgentSession and create a new one."
            );
        }

        if (AgentSessionValidator.Validate(session.Spec) is [var error, ..])
        {
            return (SessionPhase.Failed, SessionReason.InvalidSpec, StatusBounds.Message(error.ToString()));
        }

        if (status.NodeName is { } node && nodeIsLost)
        {
            return (
                SessionPhase.Pending,
                SessionReason.WaitingForNode,
                $"The session's node {node} is not connected. Its runs wait for it."
            );
        }

        if (status.ActiveRun is { } run)
        {
            return (SessionPhase.Busy, SessionReason.RunUnderWay, $"AgentRun \"{run.Name}\" has the session.");
        }

        return session.Spec?.Suspend == true
            ? (SessionPhase.Suspended, SessionReason.Suspended, "Suspended. Runs start when spec.suspend is false.")
            : (SessionPhase.Ready, SessionReason.Idle, "The session is ready for runs.");
    }
}
