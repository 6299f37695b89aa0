using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Takes the snapshot of a run, asks <see cref="RunDecision"/>, and adds to the snapshot what the decision still needs.</summary>
internal sealed class RunDecider(
    Observations observations,
    NodeLosses losses,
    RunAdmission admission,
    RunInputs inputs,
    RunQueue queue,
    SessionWriter sessions,
    RunSignals signals,
    RunOptions options,
    TimeProvider clock
)
{
    /// <summary>Decides what to do with a run.</summary>
    /// <returns>The verdict, and the inputs if they were read for it.</returns>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public async Task<(RunVerdict Verdict, InputCheck? Check)> DecideAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var snapshot = new RunSnapshot
        {
            Run = run,
            Now = clock.GetUtcNow(),
            Options = options,
            Observed = observations.Find(run.UID()),
            NodeLostAt = losses.LostAt(run),
            Session = sessions.PlaceOf(run),
            HeldBack = admission.HeldBack(run),
        };
        while (true)
        {
            var verdict = RunDecision.Decide(snapshot);
            switch (verdict.Need)
            {
                // The caller reads the spec and asks again. Until then the run keeps what it holds.
                case RunNeed.Spec:
                    return (verdict, null);
                case RunNeed.Inputs:
                    snapshot = snapshot with { Inputs = await inputs.ReadAsync(run, cancellationToken) };
                    break;
                case RunNeed.Placement:
                    snapshot = snapshot with { Placement = Place(run, verdict.Waiting!) };
                    break;
                // If the session has changed, the decision starts again from its new state: another run may have it now.
                case RunNeed.Session:
                    var taken = await sessions.TakeAsync(snapshot.Session!.Session, run, verdict.SessionNode!, cancellationToken);
                    snapshot = snapshot with { Session = sessions.PlaceOf(run), Placement = taken ? snapshot.Placement : null };
                    break;
                default:
                    Release(run, snapshot);
                    return (verdict, snapshot.Inputs);
            }
        }
    }

    private Placement Place(AgentRun run, WaitingRun waiting)
    {
        var asked = clock.GetUtcNow();
        var placement = queue.Ask(waiting);
        if (placement.IsPlaced)
        {
            RunTraces.Scheduled(run, placement.Node, asked, clock.GetUtcNow());
        }

        return placement;
    }

    // A run that no longer waits for an input or a node gives up its wait.
    private void Release(AgentRun run, RunSnapshot snapshot)
    {
        if (snapshot.Inputs?.WaitsFor is null)
        {
            inputs.Forget(run.UID());
        }

        if (snapshot.Placement is null && queue.Release(run.UID()))
        {
            signals.FreeRoom();
        }
    }
}
