using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Derives the desired states of a run's attempts from its record; pure. A restarted operator derives the same states.</summary>
internal static class DesiredAttemptStates
{
    /// <summary>Returns the desired states of the attempts that the record names.</summary>
    public static IReadOnlyList<DesiredAttemptState> Of(AgentRun run, DateTimeOffset now, RunOptions options)
    {
        if (run.LastAttempt() is not { Node: { } node, Attempt: { } number })
        {
            return [];
        }
        // A live attempt of a deleted run is stopped like that of a cancelled run, so that its end comes on record. The session and the
        // budget need it.
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

    /// <summary>Returns <see cref="DesiredState.Absent"/> for every attempt.</summary>
    public static IReadOnlyList<DesiredAttemptState> Gone(AgentRun run) =>
        [
            .. (run.Status?.Attempts ?? [])
                .Where(a => a is { Node: not null, Attempt: not null })
                .Select(a => new DesiredAttemptState(a.Node!, a.Attempt!.Value, DesiredState.Absent)),
        ];

    /// <summary>
    /// Returns when the node may free what it keeps of a finished run: a time after <paramref name="now"/>, or null if that time is over or
    /// there is nothing to free.
    /// </summary>
    public static DateTimeOffset? FreedAt(AgentRun run, DateTimeOffset now, RunOptions options) =>
        run.IsFinished()
        && !run.IsDeleted()
        && run.Status is { CompletionTime: { } completed, NodeName: not null }
        && completed.Plus(options.TtlOf(run)) is var freed
        && freed > now
            ? freed
            : null;

    /// <summary>Returns when the object of a finished run is to be deleted; null for never.</summary>
    public static DateTimeOffset? DeletedAt(AgentRun run) =>
        run.IsFinished()
        && !run.IsDeleted()
        && run.Spec?.DeleteAfterFinished?.Value is { } after
        && run.Status?.CompletionTime is { } completed
            ? completed.Plus(after)
            : null;

    private static IEnumerable<DesiredAttemptState> Earlier(AgentRun run) => Gone(run).SkipLast(1);
}

/// <summary>The desired state of one attempt on one node. The specification and secrets are added when it is sent.</summary>
internal sealed record DesiredAttemptState(string Node, int Attempt, DesiredState State, StopCause? Cause = null);
