using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;
using static Stromboli.Operator.Tests.Decisions.RunCases;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class RetryTests
{
    private static readonly AgentRunSpec Twice = new()
    {
        Prompt = "hello",
        Retries = new RetrySpec { Limit = 2, Backoff = new GoDuration("20s") },
    };

    [Theory]
    [InlineData(RunReason.Crashed, true)]
    [InlineData(RunReason.OutOfMemory, true)]
    [InlineData(RunReason.ModelUnavailable, true)]
    [InlineData(RunReason.RateLimited, true)]
    [InlineData(RunReason.AgentError, false)]
    [InlineData(RunReason.TimedOut, false)]
    [InlineData(RunReason.MaxTurnsReached, false)]
    [InlineData(RunReason.BudgetExceeded, false)]
    [InlineData(RunReason.AuthenticationFailed, false)]
    [InlineData(RunReason.Completed, false)]
    [InlineData(RunReason.Cancelled, false)]
    public void Decide_NoRetryReasons_RetriesTheDefaults(RunReason reason, bool again)
    {
        var run = Fail(Running(Twice), reason);
        Assert.Equal(!again, run.IsFinished());
        Assert.Equal(again ? RunReason.Backoff : reason, run.Status!.Reason);
        Assert.Equal(again ? 1 : null, run.Status.Retries?.Failures);
    }

    [Theory]
    [InlineData(RunReason.AgentError, true)]
    [InlineData(RunReason.TimedOut, true)]
    [InlineData(RunReason.Crashed, false)]
    public void Decide_RetryReasons_RetriesOnlyThose(RunReason reason, bool again)
    {
        var spec = Twice with { Retries = Twice.Retries! with { Reasons = ["AgentError", "TimedOut"] } };
        Assert.Equal(!again, Fail(Running(spec), reason).IsFinished());
    }

    [Fact]
    public void Decide_NoLimit_FailsAtTheFirstCrash()
    {
        var run = Fail(Running(), RunReason.Crashed);
        Assert.Equal((RunPhase.Failed, RunReason.Crashed, 1), (run.Status!.Phase, run.Status.Reason, run.Status.Attempt));
    }

    [Fact]
    public void Decide_Crash_WaitsForItsTimeAndSaysSo()
    {
        var end = new AttemptEnd
        {
            Reason = RunReason.Crashed,
            Message = "The agent was ended by SIGSEGV.",
            EndedAgoMs = 0,
            ExitCode = 3,
            Usage = new AttemptUsage { InputTokens = 3, CostUSD = 0.5m },
        };
        var running = Running(Twice);
        var verdict = RunDecision.Decide(
            Snapshot(running, T0.AddSeconds(6)) with
            {
                Inputs = null,
                Placement = null,
                Observed = Ended(RunReason.Crashed, end: end),
            }
        );
        var waiting = running with { Status = verdict.Status };
        StatusRules.Check(waiting, running.Status);
        var at = RetryDecision.NotBefore(waiting, Options)!.Value;
        Assert.InRange(at, T0.AddSeconds(25), T0.AddSeconds(31));
        Assert.Equal((RunPhase.Pending, RunReason.Backoff, at), (waiting.Status!.Phase, waiting.Status.Reason, verdict.LookAgain));
        Assert.Equal(
            $"Attempt 1 ended with Crashed. Attempt 2 starts at {at:yyyy-MM-dd'T'HH:mm:ss'Z'} (retry 1 of 2).",
            waiting.Status.Message
        );
        Assert.Equal(
            (RunReason.Crashed, 3, "0.5", T0.AddSeconds(5)),
            (
                waiting.Status.Attempts![0].Reason,
                waiting.Status.Attempts[0].ExitCode,
                waiting.Status.Attempts[0].CostUSD,
                waiting.Status.Attempts[0].EndTime
            )
        );
        Assert.Equal((3L, "0.5"), (waiting.Status.Usage!.TotalTokens, waiting.Status.Usage.CostUSD));
        Assert.Equal([new("node-1", 1, DesiredState.Absent)], verdict.After);
        var told = Assert.Single(verdict.Events);
        Assert.Equal(("Retrying", true), (told.Reason, told.Warning));
        Assert.Contains("SIGSEGV. Attempt 2 starts at ", told.Note);

        // A restarted operator knows only the record and computes the same.
        var again = RunDecision.Decide(Snapshot(waiting, at.AddTicks(-1)) with { Inputs = null, Placement = null, NodeLostAt = null });
        Assert.Null(again.Status);
        Assert.Equal((RunNeed.Nothing, at), (again.Need, again.LookAgain));
    }

    [Fact]
    public void Decide_BackoffOver_StartsTheNextAttemptWithItsOwnDeadline()
    {
        var waiting = Fail(Running(Twice), RunReason.Crashed);
        var now = T0.AddMinutes(5);
        var next = waiting.Next(s => s with { Placement = Placement.On("node-2") }, now);
        StatusRules.Check(next, waiting.Status);
        Assert.Equal(
            (RunPhase.Preparing, 2, "node-2", T0),
            (next.Status!.Phase, next.Status.Attempt, next.Status.NodeName, next.Status.StartTime)
        );
        Assert.Equal((now, now.AddMinutes(30)), (next.Status.Attempts![1].StartTime, next.Status.Deadline));
        Assert.Null(next.Status.Reason);
    }

    [Fact]
    public void Decide_CrashAgainAndAgain_FailsAfterTheRetriesWithTheLastEnd()
    {
        var run = Running(Twice);
        var now = T0;
        for (var i = 0; i < 10 && !run.IsFinished(); i++)
        {
            now = now.AddHours(1);
            run = run.LiveAttempt() is { Attempt: { } attempt } ? Fail(run, RunReason.Crashed, attempt, now) : run.Next(now: now);
        }
        Assert.Equal(
            (RunPhase.Failed, RunReason.Crashed, 3, 2),
            (run.Status!.Phase, run.Status.Reason, run.Status.Attempt, run.Status.Retries!.Failures)
        );
    }

    [Fact]
    public void Decide_NodesLost_CountApartAndDoNotWait()
    {
        var run = Running(Twice with { Retries = Twice.Retries! with { Limit = 1, NodeLost = 1 } });
        run = run.Next(s => s with { NodeLostAt = s.Now }, T0.AddMinutes(1));
        Assert.Equal((2, RunPhase.Preparing), (run.Status!.Attempt, run.Status.Phase));
        run = Fail(run, RunReason.Crashed, 2, T0.AddMinutes(2)).Next(now: T0.AddMinutes(3));
        Assert.Equal((3, 1, 1), (run.Status!.Attempt, run.Status.Retries!.Failures, run.Status.Retries.NodeLost));
        Assert.Equal(RunReason.Crashed, Fail(run, RunReason.Crashed, 3, T0.AddMinutes(4)).Status!.Reason);
        Assert.Equal(RunReason.NodeLost, run.Next(s => s with { NodeLostAt = s.Now }, T0.AddMinutes(4)).Status!.Reason);
    }

    [Fact]
    public void Decide_CrashOfACancelledRun_IsItsEnd()
    {
        var run = Running(Twice);
        run = run with { Spec = run.Spec! with { Cancel = true } };
        Assert.Equal((true, RunReason.Crashed), (Fail(run, RunReason.Crashed).IsFinished(), Fail(run, RunReason.Crashed).Status!.Reason));
    }

    [Fact]
    public void Decide_CancelInBackoff_IsCancelledAtOnceWithoutAskingForAnything()
    {
        var run = Fail(Running(Twice), RunReason.Crashed);
        run = run with { Spec = run.Spec! with { Cancel = true }, Metadata = run.Metadata with { Generation = 2 } };
        var verdict = RunDecision.Decide(Snapshot(run, T0.AddSeconds(7)) with { Inputs = null, Placement = null, NodeLostAt = null });
        StatusRules.Check(run with { Status = verdict.Status }, run.Status);
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (verdict.Status!.Phase, verdict.Status.Reason));
    }

    [Fact]
    public void Delay_Doubles_WithinItsBoundsAndTheSameEachTime()
    {
        var first = TimeSpan.FromSeconds(10);
        for (var retry = 1; retry <= 100; retry++)
        {
            var bare = Math.Min(10 * Math.Pow(2, retry - 1), 600);
            var delay = RetryDecision.Delay(UID, retry, retry, first);
            Assert.InRange(delay.TotalSeconds, bare, bare * 1.25);
            Assert.Equal(delay, RetryDecision.Delay(UID, retry, retry, first));
        }
        Assert.InRange(RetryDecision.Delay(UID, 5, 5, TimeSpan.FromHours(1)).TotalHours, 1, 1.25);
    }

    [Fact]
    public void Delay_OfManyRuns_IsSpread()
    {
        var delays = Enumerable
            .Range(0, 200)
            .Select(i => RetryDecision.Delay($"{i}", 1, 1, TimeSpan.FromSeconds(100)).TotalSeconds)
            .ToList();
        Assert.True(delays.Max() - delays.Min() > 20);
        Assert.InRange(delays.Average(), 108, 117);
    }

    private static AgentRun Fail(AgentRun run, RunReason reason, int attempt = 1, DateTimeOffset? at = null) =>
        run.Next(s => s with { Observed = Ended(reason, attempt, run.Status!.NodeName!, at) }, at?.AddSeconds(1) ?? T0.AddSeconds(6));
}
