using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Sessions;

/// <summary>The place of a run in its session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Position">The position among the waiting runs, from 1.</param>
internal sealed record SessionPlace(AgentSession Session, int Position)
{
    /// <summary>Whether the run has the session.</summary>
    public bool IsHeldBy(AgentRun run) => Session.Status?.ActiveRun?.UID == run.UID();

    /// <summary>Returns the place of a run in a queue. A run that is not in the queue would be the last.</summary>
    public static SessionPlace Of(AgentRun run, AgentSession session, IReadOnlyList<AgentRun> queue)
    {
        for (var i = 0; i < queue.Count; i++)
        {
            if (queue[i].UID() == run.UID())
            {
                return new(session, i + 1);
            }
        }
        return new(session, queue.Count + 1);
    }
}
