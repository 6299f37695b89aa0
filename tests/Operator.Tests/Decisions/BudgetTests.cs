using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Scheduling;
using static Stromboli.Operator.Tests.Decisions.RunCases;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class BudgetTests
{
    private static readonly AgentRunSpec Capped = new()
    {
        Prompt = "hello",
        Budget = new BudgetSpec { MaxTokens = 10_000, MaxCostUSD = "0.50" },
        Retries = new RetrySpec { Limit = 5, Backoff = new GoDuration("1s") },
    };

    [Fact]
    public void Build_RunWithoutABudget_HasNoLimit() => Assert.Null(Sent(Scheduled())!.Budget);

    [Fact]
    public void Build_FirstAttempt_HasTheWholeBudget() =>
        Assert.Equal(new AttemptBudget { Tokens = 10_000, CostUSD = 0.50m }, Sent(Scheduled(Capped))!.Budget);

    [Fact]
    public void Build_NextAttempt_HasTheRemainingBudget()
    {
        var next = Crash(
                Running(Capped),
                new AttemptUsage
                {
                    InputTokens = 1000,
                    ChargedTokens = 4000,
                    ChargedCostUSD = 0.125m,
                }
            )
            .Next(now: T0.AddMinutes(1));
        Assert.Equal((4000L, "0.125"), (next.Status!.Budget!.Tokens, next.Status.Budget.CostUSD));
        Assert.Equal(1000, next.Status.Usage!.TotalTokens);
        Assert.Equal(new AttemptBudget { Tokens = 6000, CostUSD = 0.375m }, Sent(next)!.Budget);
        // During the attempt it is what the attempt began with.
        Assert.Equal(
            Sent(next)!.Budget,
            Sent(next.Next(s => s with { Observed = Seen(AttemptStage.Running, 2) }, T0.AddMinutes(2)))!.Budget
        );
    }

    [Fact]
    public void Build_OneLimit_LeavesTheOtherOpen() =>
        Assert.Equal(
            new AttemptBudget { CostUSD = 3 },
            Sent(
                Scheduled(
                    new AgentRunSpec
                    {
                        Prompt = "hello",
                        Budget = new BudgetSpec { MaxCostUSD = "3" },
                    }
                )
            )!.Budget
        );

    [Theory]
    [InlineData(10_000, 0.0)]
    [InlineData(12_000, 0.0)]
    [InlineData(1, 0.5)]
    public void Decide_NothingLeftForTheNextAttempt_IsBudgetExceeded(long tokens, double dollars)
    {
        var run = Crash(Running(Capped), new AttemptUsage { ChargedTokens = tokens, ChargedCostUSD = (decimal)dollars });
        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded, 1), (run.Status!.Phase, run.Status.Reason, run.Status.Attempt));
    }

    [Fact]
    public void Decide_BudgetOfZero_NeverStarts()
    {
        var run = Run(
                new AgentRunSpec
                {
                    Prompt = "hello",
                    Budget = new BudgetSpec { MaxTokens = 0 },
                }
            )
            .Next();
        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded), (run.Status!.Phase, run.Status.Reason));
        Assert.Null(run.Status.Attempts);
    }

    [Fact]
    public void Decide_BudgetExceededOnTheNode_EndsTheRunDespiteRetries()
    {
        var run = Running(Capped).Next(s => s with { Observed = Ended(RunReason.BudgetExceeded) }, T0.AddSeconds(6));
        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded, 1), (run.Status!.Phase, run.Status.Reason, run.Status.Attempt));
    }

    [Fact]
    public void Decide_NodeLostWithoutUsage_IsNotRetriedUnderABudget()
    {
        var lost = Running(Capped).Next(s => s with { NodeLostAt = s.Now, Placement = Placement.On("node-2") }, T0.AddMinutes(10));
        Assert.Equal(
            (RunPhase.Failed, RunReason.NodeLost, 10_000L, "0.5"),
            (lost.Status!.Phase, lost.Status.Reason, lost.Status.Budget!.Tokens, lost.Status.Budget.CostUSD)
        );
        Assert.Contains("spec.budget leaves nothing", lost.Status.Message);

        // The bridge came back in time to report the usage.
        var end = new AttemptEnd
        {
            Reason = RunReason.NodeLost,
            Message = "Lease over.",
            EndedAgoMs = 0,
            Usage = new AttemptUsage { ChargedTokens = 100 },
        };
        var known = Running(Capped)
            .Next(s => s with { Observed = Ended(RunReason.NodeLost, end: end), Placement = Placement.On("node-2") }, T0.AddMinutes(10));
        Assert.Equal((2, 9900L), (known.Status!.Attempt, Sent(known)!.Budget!.Tokens));
    }

    [Fact]
    public void Decide_EndWithoutUsageAfterTheStart_UsesUpTheBudget()
    {
        var end = new AttemptEnd
        {
            Reason = RunReason.Crashed,
            Message = "Nobody knows.",
            EndedAgoMs = 0,
        };
        Assert.Equal(
            RunReason.BudgetExceeded,
            Running(Capped).Next(s => s with { Observed = Ended(RunReason.Crashed, end: end) }, T0.AddSeconds(6)).Status!.Reason
        );
        Assert.Equal(
            RunReason.Backoff,
            Scheduled(Capped)
                .Next(s => s with { Observed = Ended(RunReason.Crashed, started: false, end: end) }, T0.AddSeconds(6))
                .Status!.Reason
        );
    }

    [Fact]
    public void Decide_UsageBeyondEveryBound_CanBeStored()
    {
        var run = Crash(Running(Capped), new AttemptUsage { ChargedTokens = long.MaxValue, ChargedCostUSD = decimal.MaxValue });
        Assert.Equal((StatusLimits.Count, "1000000000000"), (run.Status!.Budget!.Tokens, run.Status.Budget.CostUSD));
        Assert.Equal(
            (0L, "0"),
            (Crash(Running(Capped), new AttemptUsage { ChargedTokens = -5, ChargedCostUSD = -1 }).Status!.Budget!.Tokens, "0")
        );
    }

    private static AgentRun Crash(AgentRun run, AttemptUsage usage) =>
        run.Next(
            s =>
                s with
                {
                    Observed = Ended(
                        RunReason.Crashed,
                        end: new AttemptEnd
                        {
                            Reason = RunReason.Crashed,
                            Message = "It crashed.",
                            EndedAgoMs = 0,
                            Usage = usage,
                        }
                    ),
                },
            T0.AddSeconds(6)
        );

    private static AttemptSpec? Sent(AgentRun run) =>
        AttemptMessages.Build(run, new DesiredAttemptState("node-1", 1, DesiredState.Go), null, T0, Options).Spec;
}
