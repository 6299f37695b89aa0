using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Runs;

/// <summary>Takes what nodes see of attempts that are on record for them, and refuses the rest.</summary>
internal sealed class ObservationSink(
    RunStore runs,
    Reservations reservations,
    Observations observations,
    RunSignals signals,
    TimeProvider clock
) : IObservationSink
{
    /// <inheritdoc/>
    public bool Observe(string node, AttemptObservation observation)
    {
        if (runs.Find(observation.UID) is not { } run)
        {
            return false;
        }

        var recorded =
            run.LastAttempt() is { } last
            && last.Node == node
            && last.Attempt == observation.Attempt
            && (run.IsFinished() || last.EndTime is null);
        // The record may still be on its way to the API server: the container is made meanwhile.
        var placed =
            !run.IsFinished() && reservations.Find(observation.UID) is { } held && held.Node == node && held.Attempt == observation.Attempt;
        if (!recorded && !placed)
        {
            return false;
        }

        RunTraces.Observed(observation.UID, observation.Stage);
        observations.Take(observation.UID, ObservedAttempt.From(node, observation, clock.GetUtcNow()));
        if (runs.Find(observation.UID) is null)
        {
            // Deleted while this was taken: nobody else would clear it away.
            observations.Forget(observation.UID);
            return false;
        }
        signals.Wake(NamespacedName.Of(run));
        return true;
    }
}
