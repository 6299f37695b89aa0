using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Takes reports of attempts that are on record for the reporting node, and refuses all others.</summary>
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
        // The node already makes the container while the record is on its way to the API server.
        var placed =
            !run.IsFinished() && reservations.Find(observation.UID) is { } held && held.Node == node && held.Attempt == observation.Attempt;
        if (!recorded && !placed)
        {
            return false;
        }

        RunTraces.Observed(observation.UID, observation.Attempt, observation.Stage);
        observations.Take(observation.UID, ObservedAttempt.From(node, observation, clock.GetUtcNow()));
        if (runs.Find(observation.UID) is null)
        {
            // If the run was deleted meanwhile, nothing else would remove this report.
            observations.Forget(observation.UID);
            return false;
        }
        signals.Wake(NamespacedName.Of(run));
        return true;
    }
}
