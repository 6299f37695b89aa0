using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Tests.Decisions;

/// <summary>Rules for every status that a watcher can see, whatever happened before.</summary>
internal static class StatusRules
{
    public static void Check(AgentRun run, AgentRunStatus? before)
    {
        var status = run.Status!;
        Assert.Equal(run.Metadata.Generation, status.ObservedGeneration);
        Assert.InRange(status.Message?.Length ?? 0, 0, StatusLimits.Message);
        Assert.All(
            status.Conditions!,
            c =>
            {
                Assert.InRange(c.Message.Length, 0, StatusLimits.Message);
                Assert.Equal(status.ObservedGeneration, c.ObservedGeneration);
                Assert.NotEmpty(c.Reason);
                Assert.Equal(0, c.LastTransitionTime.Ticks % TimeSpan.TicksPerSecond);
            }
        );
        Assert.Equal(status.Conditions!.Count, status.Conditions.Select(c => c.Type).Distinct().Count());
        Assert.Equal(RunPhases.Derive(status.Conditions), status.Phase);
        Kstatus(status);
        Times(status);
        Attempts(status);
        if (before is { Phase: not null })
        {
            Transition(before, status);
        }
    }

    private static void Kstatus(AgentRunStatus status)
    {
        var finished = RunPhases.IsFinished(status.Phase);
        Assert.Equal(!finished, Conditions.IsTrue(status.Conditions, RunConditions.Reconciling));
        Assert.Equal(status.Phase == RunPhase.Succeeded, Conditions.IsTrue(status.Conditions, RunConditions.Ready));
        Assert.NotNull(status.Condition(RunConditions.Ready));
        Assert.Equal(status.Phase is RunPhase.Failed or RunPhase.Cancelled, Conditions.IsTrue(status.Conditions, RunConditions.Stalled));
        Assert.Equal(finished, status.CompletionTime is not null);
        if (finished)
        {
            Assert.NotNull(status.Reason);
        }
    }

    private static void Times(AgentRunStatus status)
    {
        Assert.True(status.CompletionTime is null || status.StartTime is null || status.CompletionTime >= status.StartTime);
        Assert.All(status.Attempts ?? [], a => Assert.True(a.EndTime is null || a.EndTime >= a.StartTime));
    }

    private static void Attempts(AgentRunStatus status)
    {
        var attempts = status.Attempts ?? [];
        Assert.InRange(attempts.Count, 0, StatusLimits.Attempts);
        Assert.True(attempts.SkipLast(1).All(a => a.EndTime is not null && a.Reason is not null), "Two attempts are under way at once.");
        if (attempts is [.., var last])
        {
            Assert.Equal(status.Attempt, last.Attempt);
            Assert.Equal(status.NodeName, last.Node);
            // A run that starts again gives a reason. Nothing else leads to another attempt.
            var others =
                attempts.SkipLast(1).Count(a => a.Reason is RunReason.NodeLost or RunReason.NodeUnfit or RunReason.Suspended)
                + (last.Attempt - attempts.Count);
            Assert.True(last.Attempt - 1 <= (status.Retries?.Failures ?? 0) + others, "An attempt follows from nothing.");
            Assert.False(RunPhases.IsFinished(status.Phase) && last.EndTime is null, "The run is over, its attempt is not.");
        }
    }

    private static void Transition(AgentRunStatus before, AgentRunStatus after)
    {
        if (RunPhases.IsFinished(before.Phase))
        {
            Assert.Equal(before.Phase, after.Phase);
            Assert.Equal(before.Reason, after.Reason);
            Assert.Equal(before.CompletionTime, after.CompletionTime);
            Assert.Equal(before.Attempt, after.Attempt);
        }
        else if (before.Attempt == after.Attempt && before.Attempts is [.., { EndTime: null }])
        {
            // The node was lost, so the attempt has ended and the next one begins.
            Assert.True(
                after.Attempts is [.., { EndTime: not null }] || after.Phase >= before.Phase,
                $"{before.Phase} went back to {after.Phase}."
            );
        }
        Assert.True((after.Attempt ?? 0) - (before.Attempt ?? 0) is 0 or 1, "An attempt was left out, or taken back.");
        Assert.True(before.StartTime is null || before.StartTime == after.StartTime);
    }
}
