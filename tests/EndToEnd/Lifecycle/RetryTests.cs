using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary><c>spec.retries</c>: what is retried, when, and what status records of each attempt.</summary>
public sealed class RetryTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // The CLI's own retries would take minutes.
    private const string Impatient = """settings: '{"env":{"CLAUDE_CODE_MAX_RETRIES":"0"}}'""";

    [Theory]
    [InlineData("@status 400", RunReason.AgentError)]
    [InlineData("@bash true\n@bash true\n@say never", RunReason.MaxTurnsReached)]
    [InlineData("@status 401", RunReason.AuthenticationFailed)]
    public async Task Retries_ErrorOfTheAgent_IsNotRetriedByDefault(string script, RunReason reason)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Claude(script, "retries: {limit: 3, backoff: 1s}", "maxTurns: 1"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, reason, 1, null), (status.Phase, status.Reason, status.Attempt, status.Retries));
    }

    [Fact]
    public async Task Retries_BusyModel_IsRetriedByDefault()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Claude("@status 429", "retries: {limit: 1, backoff: 1s}", Impatient));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.RateLimited, 2), (status.Phase, status.Reason, status.Attempt));
    }

    [Fact]
    public async Task Retries_EachAttempt_IsRecordedWithItsOwnEndAndCost()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Claude("@usage in=1000 out=100\n@bash true\n@status 400", """retries: {limit: 2, reasons: [AgentError], backoff: 2s}""")
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(
            (RunPhase.Failed, RunReason.AgentError, 3, 2),
            (status.Phase, status.Reason, status.Attempt, status.Retries!.Failures)
        );
        Assert.Equal([1, 2, 3], status.Attempts!.Select(attempt => attempt.Attempt!.Value));
        Assert.All(
            status.Attempts!,
            attempt =>
                Assert.Equal(
                    (RunReason.AgentError, 1, 0.0045m),
                    (attempt.Reason, attempt.ExitCode, decimal.Parse(attempt.CostUSD!, CultureInfo.InvariantCulture))
                )
        );
        Assert.Equal(
            (3000L, 300L, 0.0135m),
            (status.Usage!.InputTokens, status.Usage.OutputTokens, decimal.Parse(status.Usage.CostUSD!, CultureInfo.InvariantCulture))
        );
        Assert.Equal(status.Attempts![0].StartTime, status.StartTime);
        Assert.Equal(status.Attempts![^1].EndTime, status.CompletionTime);
        // 2 s and 4 s, up to a quarter more, and the machine's own delay. Times are whole seconds.
        Assert.InRange((status.Attempts![1].StartTime - status.Attempts[0].EndTime)!.Value.TotalSeconds, 2, 3.5 + 2);
        Assert.InRange((status.Attempts![2].StartTime - status.Attempts[1].EndTime)!.Value.TotalSeconds, 4, 6 + 2);
    }

    [Fact]
    public async Task Retries_EachAttempt_HasItsOwnDeadline()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: slow
            spec:
              prompt: not read
              timeout: 3s
              retries: {limit: 1, reasons: [TimedOut], backoff: 1s}
              agent:
                command: [sleep, "3600"]
            """
        );
        var first = await run.RunningAsync();
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.TimedOut), (status.Phase, status.Reason));
        Assert.Equal([RunReason.TimedOut, RunReason.TimedOut], status.Attempts!.Select(attempt => attempt.Reason));
        Assert.All(status.Attempts!, attempt => Assert.InRange((attempt.EndTime - attempt.StartTime)!.Value.TotalSeconds, 3, 6));
        Assert.InRange(first.Status.Deadline!.Value - first.Status.StartTime!.Value, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.InRange(status.Deadline!.Value - status.Attempts![1].StartTime!.Value, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Retries_OperatorKilledDuringBackoff_WaitsNoLongerAndStartsOnce()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "crashes", "[ -e again ] || kill -SEGV $$", "retries", """{"limit":1,"backoff":"15s"}""")
        );
        var backoff = await run.ReasonAsync(RunReason.Backoff);

        await scene.Stack.Operator.KillAsync(Cancelled);
        await scene.Stack.Operator.StartAsync(Cancelled);
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.Crashed, 2, 1), (status.Phase, status.Reason, status.Attempt, status.Retries!.Failures));
        Assert.Contains("Attempt 2 starts at ", backoff.Status.Message, StringComparison.Ordinal);
        Assert.InRange((status.Attempts![1].StartTime - status.Attempts[0].EndTime)!.Value.TotalSeconds, 15, 15 * 1.25 + 3);
        Assert.Equal(2, CountingAgent.Starts(scene, run).Count);
    }

    private static string Claude(string script, string field, string option = "") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: tries
            spec:
              prompt: |
                {{script.ReplaceLineEndings("\n    ")}}
              agent:
                claude:
                  model: claude-sonnet-4-20250514
                  dangerouslySkipPermissions: true
                  {{option}}
              {{field}}
            """;
}
