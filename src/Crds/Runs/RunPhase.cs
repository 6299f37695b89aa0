using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>A summary of a run's conditions, for people. Programs read the conditions.</summary>
public enum RunPhase
{
    /// <summary>The run is not accepted yet, or something that it needs does not exist.</summary>
    Pending,

    /// <summary>The run is accepted; the matching nodes are busy.</summary>
    Queued,

    /// <summary>The run is on a node and its agent has not started: the image is pulled and the container is created.</summary>
    Preparing,

    /// <summary>The agent runs.</summary>
    Running,

    /// <summary>The run finished with success.</summary>
    Succeeded,

    /// <summary>The run finished without success; the reason says why.</summary>
    Failed,

    /// <summary>The run was cancelled.</summary>
    Cancelled,
}

/// <summary>Derives the phase from the conditions.</summary>
public static class RunPhases
{
    /// <summary>
    /// The phase of these conditions. The end of the run takes precedence over the progress of the current attempt. A missing condition
    /// counts as not True. If <see cref="RunConditions.Succeeded"/> is False with the reason <see cref="RunReason.Cancelled"/>, the phase
    /// is <see cref="RunPhase.Cancelled"/>.
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
        // A run is Queued if only other runs keep it from a node. A run that waits for a node to appear or to change is Pending.
        return
            Conditions.Find(conditions, RunConditions.Scheduled)?.Reason is nameof(RunReason.Queued) or nameof(RunReason.WaitingForSession)
            ? RunPhase.Queued
            : RunPhase.Pending;
    }

    /// <summary>Whether a run in this phase has finished.</summary>
    public static bool IsFinished(RunPhase? phase) => phase is RunPhase.Succeeded or RunPhase.Failed or RunPhase.Cancelled;
}
