using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Sessions;

/// <summary>Where a run stands in its session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Position">Its place among those that wait, from 1.</param>
internal sealed record SessionPlace(AgentSession Session, int Position)
{
    /// <summary>Whether the session is the run's.</summary>
    public bool IsHeldBy(AgentRun run) => Session.Status?.ActiveRun?.UID == run.UID();

    /// <summary>The place of a run in a line; a run that is not in it would be the last.</summary>
    public static SessionPlace Of(AgentRun run, AgentSession session, IReadOnlyList<AgentRun> line)
    {
        for (var i = 0; i < line.Count; i++)
        {
            if (line[i].UID() == run.UID())
            {
                return new(session, i + 1);
            }
        }
        return new(session, line.Count + 1);
    }
}
