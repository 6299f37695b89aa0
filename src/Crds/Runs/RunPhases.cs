using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>Derives the phase from the conditions.</summary>
public static class RunPhases
{
    /// <summary>
    /// The phase that these conditions amount to. The end counts first, then how far the current attempt came; a condition that is missing
    /// counts as not True. A False <see cref="RunConditions.Succeeded"/> with the reason <see cref="RunReason.Cancelled"/> is
    /// <see cref="RunPhase.Cancelled"/>.
    /// </summary>
    public static RunPhase Derive(IReadOnlyList<Condition>? conditions)
    {
        var end = Conditions.Find(conditions, RunConditions.Succeeded);
        if (end?.Status == ConditionStatus.True)
        {
            return RunPhase.Succeeded;
        }

        if (end?.Status == ConditionStatus.False)
        {
            return end.Reason == nameof(RunReason.Cancelled) ? RunPhase.Cancelled : RunPhase.Failed;
        }

        if (!Conditions.IsTrue(conditions, RunConditions.Accepted))
        {
            return RunPhase.Pending;
        }

        if (Conditions.IsTrue(conditions, RunConditions.Scheduled))
        {
            return Conditions.IsTrue(conditions, RunConditions.Started) ? RunPhase.Running : RunPhase.Preparing;
        }
        // In a queue is one that only others' runs keep from its node; what waits for a node to appear or to change is Pending.
        return
            Conditions.Find(conditions, RunConditions.Scheduled)?.Reason is nameof(RunReason.Queued) or nameof(RunReason.WaitingForSession)
            ? RunPhase.Queued
            : RunPhase.Pending;
    }

    /// <summary>Whether a run in this phase is over for good.</summary>
    public static bool IsFinished(RunPhase? phase) => phase is RunPhase.Succeeded or RunPhase.Failed or RunPhase.Cancelled;
}
