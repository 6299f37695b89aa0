using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Sessions;

/// <summary>The order in which runs get their session; pure.</summary>
internal static class SessionQueue
{
    /// <summary>
    /// Returns the runs that wait for the session: higher priority first, then older. A run that is suspended or waits for an input does
    /// not block the others.
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
    /// Whether a run keeps the session that it has: until it is finished or, without a live attempt, is suspended or waits for an input.
    /// </summary>
    public static bool Keeps(AgentRun run) =>
        !run.IsFinished() && (run.LiveAttempt() is not null || !(run.IsSuspended() || HasOwnWait(run)));

    private static bool Waits(AgentRun run) =>
        !run.IsFinished() && !run.IsDeleted() && !run.IsCancelled() && !run.IsSuspended() && run.LiveAttempt() is null && !HasOwnWait(run);

    private static bool HasOwnWait(AgentRun run) =>
        run.Status?.Reason is RunReason.SecretNotFound or RunReason.SecretNotAllowed or RunReason.ConfigMapNotFound;
}
