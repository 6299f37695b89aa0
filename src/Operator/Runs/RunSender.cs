using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Election;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Sends the desired state of attempts, each once, and takes back attempts that were held but did not come on record.</summary>
internal sealed class RunSender(
    INodeHub hub,
    AttemptMessageBuilder messages,
    RunStore runs,
    Reservations reservations,
    SentStates sent,
    ILeadership leadership
)
{
    /// <summary>Sends desired states that need no secrets and differ from what was sent last.</summary>
    public void Send(AgentRun run, IReadOnlyList<DesiredAttemptState> states)
    {
        foreach (var desired in states)
        {
            if (sent.Note(run.UID(), desired))
            {
                Deliver(run, desired, null);
            }
        }
    }

    /// <summary>Whether the desired state differs from what was sent last of the attempt.</summary>
    public bool IsNews(AgentRun run, DesiredAttemptState desired) => sent.Find(run.UID(), desired.Attempt, desired.Node) != desired.State;

    /// <summary>Lets an attempt that is on record run.</summary>
    /// <returns>False if the attempt must wait for its secrets, or if this operator does not lead.</returns>
    public bool Go(AgentRun run, DesiredAttemptState desired, AttemptSecrets? secrets)
    {
        if (secrets is null || !leadership.IsLeader)
        {
            return false;
        }

        if (sent.Note(run.UID(), desired))
        {
            Deliver(run, desired, secrets);
        }
        // If the run was deleted while its record was being stored, the messages about the deletion may have been sent before this one.
        if (runs.Find(run.UID()) is null)
        {
            Gone(run);
        }

        return true;
    }

    /// <summary>
    /// Sends the desired states of a finished run: when it has just ended, when its node reports it again, and when the state that was sent
    /// last has changed.
    /// </summary>
    public void SendFinished(AgentRun run, IReadOnlyList<DesiredAttemptState> states, bool again)
    {
        var last = run.LastAttempt()?.Attempt;
        foreach (var desired in states)
        {
            var known = sent.Find(run.UID(), desired.Attempt, desired.Node);
            if ((again && desired.Attempt == last) || (known is not null && known != desired.State))
            {
                sent.Note(run.UID(), desired);
                Deliver(run, desired, null);
            }
        }
        if (states.All(s => s.State == DesiredState.Absent))
        {
            sent.Forget(run.UID());
        }
    }

    /// <summary>Takes back every held attempt that is neither on record nor in the verdict.</summary>
    public void Retract(AgentRun run, RunVerdict verdict)
    {
        foreach (var held in sent.All(run.UID()).Where(d => d.State == DesiredState.Hold))
        {
            if (!verdict.Before.Concat(verdict.After).Any(d => d.Attempt == held.Attempt && d.Node == held.Node))
            {
                Send(run, [held with { State = DesiredState.Absent }]);
            }
        }
    }

    /// <summary>The run is gone. Tells every node that may have an attempt of it.</summary>
    public void Gone(AgentRun run)
    {
        var uid = run.UID();
        var all = DesiredAttemptStates.Gone(run).Concat(sent.All(uid).Select(d => d with { State = DesiredState.Absent, Cause = null }));
        if (reservations.Find(uid) is { } reserved)
        {
            all = all.Append(new DesiredAttemptState(reserved.Node, reserved.Attempt, DesiredState.Absent));
        }

        foreach (var desired in all.Distinct())
        {
            Deliver(run, desired, null);
        }

        sent.Forget(uid);
    }

    private void Deliver(AgentRun run, DesiredAttemptState desired, AttemptSecrets? secrets)
    {
        hub.Send(desired.Node, messages.Build(run, desired, secrets));
        RunTraces.Sent(run.UID(), desired.Attempt, desired.State);
    }
}
