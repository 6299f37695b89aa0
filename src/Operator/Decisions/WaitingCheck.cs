using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Decisions;

/// <summary>A condition that a waiting run must meet before it is scheduled.</summary>
/// <param name="Name">The condition, as a sentence.</param>
/// <param name="Verdict">The verdict on a run that does not meet the condition; null for a run that meets it. A pure function.</param>
/// <param name="Reasons">The reasons that the run's status can get; none if the decision only needs more to go by.</param>
internal sealed record WaitingCheck(string Name, Func<WaitingCase, RunVerdict?> Verdict, params IReadOnlyList<RunReason> Reasons);

/// <summary>A run without a live attempt, as the checks see it.</summary>
/// <param name="Snapshot">What the decision depends on.</param>
/// <param name="Run">
/// The run. Unlike the run of the snapshot, its status may already say that its last attempt has ended: both are stored in one write.
/// </param>
/// <param name="Events">The Events that precede those of the verdict.</param>
internal readonly record struct WaitingCase(RunSnapshot Snapshot, AgentRun Run, IReadOnlyList<RunEvent> Events)
{
    /// <summary>The operator's options.</summary>
    public RunOptions Options => Snapshot.Options;

    /// <summary>The run waits.</summary>
    /// <param name="accepted">Whether its spec is valid and its inputs exist.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="message">One sentence on the reason.</param>
    /// <param name="position">Its position in a queue, from 1.</param>
    /// <param name="lookAgain">When to look again if nothing wakes the run.</param>
    public RunVerdict Waits(bool accepted, RunReason reason, string message, int? position = null, DateTimeOffset? lookAgain = null) =>
        RunDecision.Store(Snapshot, RunTransitions.Waiting(Run, Snapshot.Now, accepted, reason, message, position), Events, lookAgain);

    /// <summary>The run ends.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="message">One sentence on the reason.</param>
    public RunVerdict Ends(RunReason reason, string message) => EndDecision.Finish(Snapshot, Run, Snapshot.Now, reason, message, Events);
}
