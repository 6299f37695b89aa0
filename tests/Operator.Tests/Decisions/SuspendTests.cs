using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Scheduling;
using static Stromboli.Operator.Tests.Decisions.RunCases;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class SuspendTests
{
    private static readonly AgentRunSpec Twice = new()
    {
        Prompt = "hello",
        Retries = new RetrySpec { Limit = 2, NodeLost = 0 },
    };

    [Fact]
    public void Decide_SuspendedFromTheStart_WaitsWithoutAskingForAnything()
    {
        var run = Suspend(Run());
        var verdict = RunDecision.Decide(Bare(run, T0));
        StatusRules.Check(run with { Status = verdict.Status }, null);
        Assert.Equal(
            (RunNeed.Nothing, RunPhase.Pending, RunReason.Suspended),
            (verdict.Need, verdict.Status!.Phase, verdict.Status.Reason)
        );
        Assert.Equal("Suspended", Assert.Single(verdict.Events).Reason);
        Assert.Empty(verdict.Before);
        Assert.Empty(verdict.After);
        Assert.Null(verdict.LookAgain);

        var next = Resume(run with { Status = verdict.Status }).Next(now: T0.AddHours(1));
        Assert.Equal(
            (RunPhase.Preparing, 1, T0.AddHours(1), T0.AddHours(1.5)),
            (next.Status!.Phase, next.Status.Attempt, next.Status.StartTime, next.Status.Deadline)
        );
    }

    [Fact]
    public void Decide_SuspendedWhileRunning_StopsTheAttemptAndWaitsForItsEnd()
    {
        var running = Suspend(Running(Twice));
        var verdict = RunDecision.Decide(Snapshot(running, T0.AddSeconds(3)) with { Observed = Seen(AttemptStage.Running) });
        var stopping = running with { Status = verdict.Status };
        StatusRules.Check(stopping, running.Status);
        Assert.Equal((RunPhase.Running, "Suspending on node-1."), (stopping.Status!.Phase, stopping.Status.Message));
        Assert.Equal([new("node-1", 1, DesiredState.Stop, StopCause.Suspended)], verdict.Before);

        var end = new AttemptEnd
        {
            Reason = RunReason.Suspended,
            Message = "The run was suspended.",
            EndedAgoMs = 0,
            Usage = new AttemptUsage { InputTokens = 7, CostUSD = 0.25m },
        };
        var ended = RunDecision.Decide(Bare(stopping, T0.AddSeconds(6)) with { Observed = Ended(RunReason.Suspended, end: end) });
        var waiting = stopping with { Status = ended.Status };
        StatusRules.Check(waiting, stopping.Status);
        Assert.Equal((RunPhase.Pending, RunReason.Suspended), (waiting.Status!.Phase, waiting.Status.Reason));
        Assert.Equal((RunReason.Suspended, "0.25"), (Assert.Single(waiting.Status.Attempts!).Reason, waiting.Status.Attempts![0].CostUSD));
        Assert.Equal(7, waiting.Status.Usage!.TotalTokens);
        Assert.Null(waiting.Status.Retries);
        Assert.Equal([new("node-1", 1, DesiredState.Absent)], ended.After);

        var resumed = Resume(waiting).Next(s => s with { Placement = Placement.On("node-2") }, T0.AddHours(2));
        StatusRules.Check(resumed, waiting.Status);
        Assert.Equal(
            (RunPhase.Preparing, 2, T0, T0.AddHours(2.5)),
            (resumed.Status!.Phase, resumed.Status.Attempt, resumed.Status.StartTime, resumed.Status.Deadline)
        );
    }

    [Fact]
    public void Decide_ResumedBeforeItWasStopped_SaysSoAndGoesOn()
    {
        var running = Running();
        var stopping = Suspend(running).Next(now: T0.AddSeconds(3));
        var verdict = RunDecision.Decide(Snapshot(Resume(stopping), T0.AddSeconds(4)));
        Assert.Equal((RunPhase.Running, "The agent is running on node-1."), (verdict.Status!.Phase, verdict.Status.Message));
        Assert.Equal("Running", verdict.Status.Condition(RunConditions.Reconciling)!.Reason);
        Assert.Equal([new("node-1", 1, DesiredState.Go)], verdict.After);

        // The node had already stopped it, so the next attempt follows in the same write.
        var next = Resume(stopping).Next(s => s with { Observed = Ended(RunReason.Suspended) }, T0.AddSeconds(6));
        Assert.Equal((RunPhase.Preparing, 2), (next.Status!.Phase, next.Status.Attempt));
    }

    [Fact]
    public void Decide_ResumedBeforeItWasStoppedInPreparation_SaysThatItIsPrepared()
    {
        var stopping = Suspend(Scheduled()).Next(now: T0.AddSeconds(1));
        var resumed = Resume(stopping).Next(now: T0.AddSeconds(2));
        Assert.Equal((RunPhase.Preparing, "Preparing attempt 1 on node-1."), (resumed.Status!.Phase, resumed.Status.Message));
    }

    [Theory]
    [InlineData(RunReason.Completed, RunPhase.Succeeded)]
    [InlineData(RunReason.AgentError, RunPhase.Failed)]
    public void Decide_EndBeforeTheStop_IsTheEnd(RunReason reason, RunPhase phase) =>
        Assert.Equal(phase, Suspend(Running()).Next(s => s with { Observed = Ended(reason) }, T0.AddSeconds(6)).Status!.Phase);

    [Fact]
    public void Decide_CrashBeforeTheStop_IsARetryThatWaits()
    {
        var run = Suspend(Running(Twice)).Next(s => s with { Observed = Ended(RunReason.Crashed) }, T0.AddSeconds(6));
        Assert.Equal((RunReason.Suspended, 1), (run.Status!.Reason, run.Status.Retries!.Failures));
        Assert.Equal(RunReason.Backoff, Resume(run).Next(now: T0.AddSeconds(7)).Status!.Reason);
        Assert.Equal(2, Resume(run).Next(now: T0.AddMinutes(1)).Status!.Attempt);
    }

    [Fact]
    public void Decide_NodeLostWhileStopping_DoesNotCountAsARetry()
    {
        var run = Suspend(Running(Twice)).Next(s => s with { NodeLostAt = s.Now }, T0.AddMinutes(10));
        Assert.Equal(
            (RunPhase.Pending, RunReason.Suspended, RunReason.NodeLost),
            (run.Status!.Phase, run.Status.Reason, run.Status.Attempts![0].Reason)
        );
        Assert.Null(run.Status.Retries);
        Assert.Equal(2, Resume(run).Next(now: T0.AddMinutes(20)).Status!.Attempt);
    }

    [Fact]
    public void Decide_CancelWhileSuspended_IsCancelledAtOnce()
    {
        var suspended = Suspend(Running()).Next(s => s with { Observed = Ended(RunReason.Suspended) }, T0.AddSeconds(6));
        var cancelled = suspended with
        {
            Spec = suspended.Spec! with { Cancel = true },
            Metadata = suspended.Metadata with { Generation = 9 },
        };
        var verdict = RunDecision.Decide(Bare(cancelled, T0.AddMinutes(1)));
        StatusRules.Check(cancelled with { Status = verdict.Status }, suspended.Status);
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (verdict.Status!.Phase, verdict.Status.Reason));
    }

    [Fact]
    public void Decide_CancelWhileStopping_IsCancelledWhicheverStopCameFirst()
    {
        var stopping = Suspend(Running()).Next(now: T0.AddSeconds(3));
        var cancelled = stopping with { Spec = stopping.Spec! with { Cancel = true } };
        Assert.Equal(
            [new("node-1", 1, DesiredState.Stop, StopCause.Cancelled)],
            RunDecision.Decide(Snapshot(cancelled, T0.AddSeconds(4))).Before
        );
        foreach (var reason in (RunReason[])[RunReason.Suspended, RunReason.Cancelled])
        {
            Assert.Equal(RunPhase.Cancelled, cancelled.Next(s => s with { Observed = Ended(reason) }, T0.AddSeconds(6)).Status!.Phase);
        }
    }

    private static RunSnapshot Bare(AgentRun run, DateTimeOffset now) => Snapshot(run, now) with { Inputs = null, Placement = null };

    private static AgentRun Suspend(AgentRun run) => Edit(run, run.Spec! with { Suspend = true });

    private static AgentRun Resume(AgentRun run) => Edit(run, run.Spec! with { Suspend = false });

    private static AgentRun Edit(AgentRun run, AgentRunSpec spec) =>
        run with
        {
            Spec = spec,
            Metadata = run.Metadata with { Generation = run.Metadata.Generation + 1 },
        };
}
