using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>
/// What a run's record wants of its attempts on their nodes; pure. The record alone decides, so a restarted operator wants the same.
/// </summary>
internal static class AttemptWishes
{
    /// <summary>What is wanted of the attempts that the record names.</summary>
    public static IReadOnlyList<WantedAttempt> Of(AgentRun run, DateTimeOffset now, RunOptions options)
    {
        if (run.LastAttempt() is not { Node: { } node, Attempt: { } number })
        {
            return [];
        }
        // One that is under way is stopped as a cancelled one is, so that its end comes on record: its session and its budget go by that.
        if (run.IsDeleted() && run.LiveAttempt() is null)
        {
            return Gone(run);
        }

        var earlier = Earlier(run);
        if (run.IsFinished())
        {
            var state = FreedAt(run, now, options) is null ? DesiredState.Absent : DesiredState.Collected;
            return [.. earlier, new(node, number, state)];
        }
        if (run.LiveAttempt() is null)
        {
            return [.. earlier, new(node, number, DesiredState.Absent)];
        }

        if (run.IsCancelled())
        {
            return [.. earlier, new(node, number, DesiredState.Stop, StopCause.Cancelled)];
        }

        if (run.LacksSession())
        {
            return [.. earlier, new(node, number, DesiredState.Stop, StopCause.SessionDeleted)];
        }

        return
        [
            .. earlier,
            run.IsSuspended() ? new(node, number, DesiredState.Stop, StopCause.Suspended) : new(node, number, DesiredState.Go),
        ];
    }

    /// <summary>Nothing may stay of any attempt.</summary>
    public static IReadOnlyList<WantedAttempt> Gone(AgentRun run) =>
        [
            .. (run.Status?.Attempts ?? [])
                .Where(a => a is { Node: not null, Attempt: not null })
                .Select(a => new WantedAttempt(a.Node!, a.Attempt!.Value, DesiredState.Absent)),
        ];

    /// <summary>
    /// When the node may free what it keeps of a finished run: a time after <paramref name="now"/>, or null if that is over or there is
    /// nothing.
    /// </summary>
    public static DateTimeOffset? FreedAt(AgentRun run, DateTimeOffset now, RunOptions options) =>
        run.IsFinished()
        && !run.IsDeleted()
        && run.Status is { CompletionTime: { } completed, NodeName: not null }
        && completed.Plus(options.TtlOf(run)) is var freed
        && freed > now
            ? freed
            : null;

    /// <summary>When the object of a finished run is to be deleted; null for never.</summary>
    public static DateTimeOffset? DeletedAt(AgentRun run) =>
        run.IsFinished()
        && !run.IsDeleted()
        && run.Spec?.DeleteAfterFinished?.Value is { } after
        && run.Status?.CompletionTime is { } completed
            ? completed.Plus(after)
            : null;

    private static IEnumerable<WantedAttempt> Earlier(AgentRun run) => Gone(run).SkipLast(1);
}
