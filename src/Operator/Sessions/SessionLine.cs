using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Sessions;

/// <summary>The order in which the runs of a session get it; pure.</summary>
internal static class SessionLine
{
    /// <summary>
    /// The runs that wait for their turn: higher priority first, then older. What waits for something of its own, or is suspended, holds
    /// nobody up.
    /// </summary>
    /// <param name="runs">The runs that name the session.</param>
    /// <param name="session">The session.</param>
    public static IReadOnlyList<AgentRun> Of(IEnumerable<AgentRun> runs, AgentSession session) =>
        [
            .. runs.Where(run => Waits(run) && run.UID() != session.Status?.ActiveRun?.UID)
                .OrderByDescending(run => run.Spec?.Priority ?? 0)
                .ThenBy(run => run.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
                .ThenBy(run => run.Metadata.Name, StringComparer.Ordinal)
                .ThenBy(run => run.UID(), StringComparer.Ordinal),
        ];

    /// <summary>
    /// Whether a run that was given the session keeps it: until it is over or, with no attempt under way, waits for something of its own.
    /// </summary>
    public static bool Keeps(AgentRun run) =>
        !run.IsFinished() && (run.LiveAttempt() is not null || !(run.IsSuspended() || HasOwnWait(run)));

    private static bool Waits(AgentRun run) =>
        !run.IsFinished() && !run.IsDeleted() && !run.IsCancelled() && !run.IsSuspended() && run.LiveAttempt() is null && !HasOwnWait(run);

    private static bool HasOwnWait(AgentRun run) =>
        run.Status?.Reason is RunReason.SecretNotFound or RunReason.SecretNotAllowed or RunReason.ConfigMapNotFound;
}
