using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>Sends what is wanted of attempts, once each, and takes back what was held without coming on record.</summary>
internal sealed class RunSender(
    INodeHub hub,
    RunStore runs,
    SessionStore sessions,
    Reservations reservations,
    SentStates sent,
    Observations observations,
    ILeadership leadership,
    RunOptions options,
    TimeProvider clock
)
{
    /// <summary>Sends what needs no secrets and differs from what was sent last.</summary>
    public void Send(AgentRun run, IReadOnlyList<WantedAttempt> wanted)
    {
        foreach (var wish in wanted)
        {
            if (sent.Note(run.UID(), wish))
            {
                Deliver(run, wish, null);
            }
        }
    }

    /// <summary>Whether this was not the last that was sent of the attempt.</summary>
    public bool IsNews(AgentRun run, WantedAttempt wish) => sent.Find(run.UID(), wish.Attempt, wish.Node) != wish.State;

    /// <summary>Lets an attempt that is on record run.</summary>
    /// <returns>False if it must wait: for its secrets, or because this operator does not lead.</returns>
    public bool Go(AgentRun run, WantedAttempt wish, AttemptSecrets? secrets)
    {
        if (secrets is null || !leadership.IsLeader)
        {
            return false;
        }

        if (sent.Note(run.UID(), wish))
        {
            Deliver(run, wish, secrets);
        }
        // Deleted while its record was being stored: what the deletion sent may have come before what was sent here.
        if (runs.Find(run.UID()) is null)
        {
            Gone(run);
        }

        return true;
    }

    /// <summary>
    /// Sends what is wanted of a finished run: when it has just ended, when its node asks again, and when what was sent no longer holds.
    /// </summary>
    public void SendFinished(AgentRun run, IReadOnlyList<WantedAttempt> wanted, bool again)
    {
        var last = run.LastAttempt()?.Attempt;
        foreach (var wish in wanted)
        {
            var known = sent.Find(run.UID(), wish.Attempt, wish.Node);
            if ((again && wish.Attempt == last) || (known is not null && known != wish.State))
            {
                sent.Note(run.UID(), wish);
                Deliver(run, wish, null);
            }
        }
        if (wanted.All(w => w.State == DesiredState.Absent))
        {
            sent.Forget(run.UID());
        }
    }

    /// <summary>Takes back every attempt that was held and that neither the record nor the verdict has.</summary>
    public void Retract(AgentRun run, RunVerdict verdict)
    {
        foreach (var held in sent.All(run.UID()).Where(w => w.State == DesiredState.Hold))
        {
            if (!verdict.Before.Concat(verdict.After).Any(w => w.Attempt == held.Attempt && w.Node == held.Node))
            {
                Send(run, [held with { State = DesiredState.Absent }]);
            }
        }
    }

    /// <summary>The run is gone: nothing of it may stay, whatever was sent.</summary>
    public void Gone(AgentRun run)
    {
        var uid = run.UID();
        var all = AttemptWishes.Gone(run).Concat(sent.All(uid).Select(w => w with { State = DesiredState.Absent, Cause = null }));
        if (reservations.Find(uid) is { } reserved)
        {
            all = all.Append(new WantedAttempt(reserved.Node, reserved.Attempt, DesiredState.Absent));
        }

        foreach (var wish in all.Distinct())
        {
            Deliver(run, wish, null);
        }

        sent.Forget(uid);
    }

    private void Deliver(AgentRun run, WantedAttempt wish, AttemptSecrets? secrets)
    {
        hub.Send(
            wish.Node,
            AttemptMessages.Build(run, wish, secrets, clock.GetUtcNow(), options, observations.Find(run.UID()), sessions.Of(run))
        );
        RunTraces.Sent(run.UID(), wish.State);
    }
}
