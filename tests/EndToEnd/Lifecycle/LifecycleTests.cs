using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>Interruptions of a run between start and end: retries, suspends, a budget.</summary>
public sealed class LifecycleTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Retries_CommandThatCrashes_IsTriedAgainAfterItsBackoffUntilTheLimit()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: crashes
            spec:
              prompt: not read
              agent:
                command: [bash, -c, 'kill -SEGV $$']
              retries: {limit: 2, backoff: 1s}
            """
        );
        var backoff = await run.ReasonAsync(RunReason.Backoff);
        Assert.Contains("Attempt 1 ended with Crashed. Attempt 2 starts at ", backoff.Status.Message, StringComparison.Ordinal);
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.Crashed, 3, 2), (status.Phase, status.Reason, status.Attempt, status.Retries!.Failures));
        Assert.Equal([RunReason.Crashed, RunReason.Crashed, RunReason.Crashed], status.Attempts!.Select(attempt => attempt.Reason));
        foreach (var (before, after) in status.Attempts!.Zip(status.Attempts!.Skip(1)))
        {
            Assert.True(after.StartTime >= before.EndTime + TimeSpan.FromSeconds(1), $"{before.EndTime:T} to {after.StartTime:T}");
        }

        StateRules.AssertHold(run.States);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Cancel_InBackoff_IsCancelledAtOnce()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: waits-to-crash
            spec:
              prompt: not read
              agent:
                command: [bash, -c, exit 3]
              retries: {limit: 1, reasons: [AgentError], backoff: 1h}
            """
        );
        await run.ReasonAsync(RunReason.Backoff);

        await scene.PatchAsync(run, "spec: {cancel: true}");
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled, 1), (end.Phase, end.Reason, end.Status.Attempt));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Budget_UsedUpInTheSecondAttempt_EndsTheRunAtItsNextModelRequest()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: spends
            spec:
              prompt: |
                @usage in=4000 out=500
                @bash true
                @status 400
              agent:
                claude:
                  model: claude-sonnet-4-20250514
                  dangerouslySkipPermissions: true
              retries: {limit: 5, reasons: [AgentError], backoff: 1s}
              budget: {maxTokens: 8000, maxCostUSD: "1.00"}
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded), (status.Phase, status.Reason));
        Assert.Equal([RunReason.AgentError, RunReason.BudgetExceeded], status.Attempts!.Select(attempt => attempt.Reason));
        // Above 8,000 by at most one answer.
        Assert.Equal((9000, 9000), (status.Usage!.TotalTokens, status.Budget!.Tokens));
        Assert.Equal(2 * 0.0195m, decimal.Parse(status.Budget.CostUSD!, System.Globalization.CultureInfo.InvariantCulture));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Suspend_WhileRunning_EndsTheAttemptAndAResumeStartsOver()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: suspended
            spec:
              prompt: not read
              agent:
                command: [bash, -c, "ls /workspace; touch /workspace/was-here; sleep 2; sleep 2"]
            """
        );
        await run.RunningAsync();
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        await scene.PatchAsync(run, "spec: {suspend: true}");
        await processes.GoneAsync(Poll.Timeout);
        var waiting = await run.ReasonAsync(RunReason.Suspended);
        Assert.Equal((RunPhase.Pending, RunReason.Suspended), (waiting.Phase, waiting.Status.Attempts!.Single().Reason));

        await scene.PatchAsync(run, "spec: {suspend: false}");
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed, 2), (status.Phase, status.Reason, status.Attempt));
        Assert.Equal("", status.Result?.Text?.TrimEnd());
        Assert.Null(status.Retries);
        StateRules.AssertHold(run.States);
    }
}
