using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>What a run's object says, read in one place.</summary>
internal static class RunRecord
{
    /// <summary>The UID; an object from the API server has one.</summary>
    public static string UID(this AgentRun run) => run.Metadata.Uid ?? "";

    /// <summary>Whether the run is over for good.</summary>
    public static bool IsFinished(this AgentRun run) => RunPhases.IsFinished(RunPhases.Derive(run.Status?.Conditions));

    /// <summary>Whether someone deletes the object; it may stay for a while, with a finalizer of somebody else.</summary>
    public static bool IsDeleted(this AgentRun run) => run.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether its end is asked for: by its spec, or by a deletion, whatever finalizer keeps the object.</summary>
    public static bool IsCancelled(this AgentRun run) => run.Spec?.Cancel == true || run.IsDeleted();

    /// <summary>Whether it is to wait.</summary>
    public static bool IsSuspended(this AgentRun run) => run.Spec?.Suspend == true;

    /// <summary>Whether it names a session that is not there; said of a run as <see cref="RunStore"/> gives it.</summary>
    public static bool LacksSession(this AgentRun run) => run.Spec is { SessionRef: not null, SessionMerged: false };

    /// <summary>The last attempt on record, ended or not; null before the first.</summary>
    public static RunAttempt? LastAttempt(this AgentRun run) => run.Status?.Attempts is { Count: > 0 } attempts ? attempts[^1] : null;

    /// <summary>The attempt that is under way by the record; null if none is.</summary>
    public static RunAttempt? LiveAttempt(this AgentRun run) =>
        !run.IsFinished() && run.LastAttempt() is { EndTime: null, Node: not null, Attempt: not null } attempt ? attempt : null;

    /// <summary>The number of the next attempt, from 1 whatever is on record.</summary>
    public static int NextAttempt(this AgentRun run) => Math.Clamp(run.LastAttempt()?.Attempt ?? 0, 0, int.MaxValue - 1) + 1;
}
