using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Stores;

/// <summary>Reads facts from an AgentRun.</summary>
internal static class AgentRunExtensions
{
    /// <summary>The UID. Every object from the API server has one.</summary>
    public static string UID(this AgentRun run) => run.Metadata.Uid ?? "";

    /// <summary>Whether the run has ended and no attempt will follow.</summary>
    public static bool IsFinished(this AgentRun run) => RunPhases.IsFinished(RunPhases.Derive(run.Status?.Conditions));

    /// <summary>Whether the object is being deleted. A finalizer may keep it for a while.</summary>
    public static bool IsDeleted(this AgentRun run) => run.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether the run is to end: by its spec, or because its object is being deleted.</summary>
    public static bool IsCancelled(this AgentRun run) => run.Spec?.Cancel == true || run.IsDeleted();

    /// <summary>Whether the run is to wait.</summary>
    public static bool IsSuspended(this AgentRun run) => run.Spec?.Suspend == true;

    /// <summary>Whether the run names a session that does not exist. Valid for a run from <see cref="RunStore"/>.</summary>
    public static bool LacksSession(this AgentRun run) => run.Spec is { SessionRef: not null, SessionMerged: false };

    /// <summary>The last attempt on record, whether it has ended or not; null before the first.</summary>
    public static RunAttempt? LastAttempt(this AgentRun run) => run.Status?.Attempts is { Count: > 0 } attempts ? attempts[^1] : null;

    /// <summary>The attempt that is live by the record; null if there is none.</summary>
    public static RunAttempt? LiveAttempt(this AgentRun run) =>
        !run.IsFinished() && run.LastAttempt() is { EndTime: null, Node: not null, Attempt: not null } attempt ? attempt : null;

    /// <summary>The number of the next attempt, at least 1.</summary>
    public static int NextAttempt(this AgentRun run) => Math.Clamp(run.LastAttempt()?.Attempt ?? 0, 0, int.MaxValue - 1) + 1;
}
