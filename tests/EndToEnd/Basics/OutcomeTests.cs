using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Basics;

/// <summary>How a run ends by itself, and what its status has then.</summary>
public sealed class OutcomeTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Claude_EchoOfABashResult_SucceedsWithEverythingInItsStatus()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: hello
            spec:
              prompt: |
                @bash echo hello > /workspace/x && cat /workspace/x
                @echo-result
              agent:
                claude:
                  dangerouslySkipPermissions: true
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        Assert.Equal("hello", status.Result?.Text);
        Assert.Contains(status.NodeName, scene.Stack.Nodes.Select(node => node.Name));
        Assert.Equal(1, status.Attempt);
        Assert.Equal(
            [(1, status.NodeName, RunReason.Completed)],
            status.Attempts!.Select(attempt => (attempt.Attempt!.Value, attempt.Node, attempt.Reason!.Value))
        );
        Assert.True(Guid.TryParse(status.SessionID, out _), status.SessionID);
        Assert.NotNull(status.StartTime);
        Assert.NotNull(status.CompletionTime);
        Assert.Equal(0, status.ExitCode);
        Assert.Null(status.Signal);
    }

    [Fact]
    public async Task Claude_TwoTurns_UsageIsTheirSum()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: usage
            spec:
              prompt: |
                @usage in=1000 out=200 cache-read=30
                @bash true
                @usage in=2000 out=400
                @say done
              agent:
                claude:
                  model: claude-sonnet-4-20250514
                  dangerouslySkipPermissions: true
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Succeeded, status.Phase);
        Assert.Equal("claude-sonnet-4-20250514", status.Model);
        var usage = status.Usage!;
        Assert.Equal(
            (3000, 600, 30, 0, 3630),
            (usage.InputTokens, usage.OutputTokens, usage.CacheReadTokens, usage.CacheCreationTokens, usage.TotalTokens)
        );
        // 3, 15 and 0.30 dollars per million.
        Assert.Equal(0.018009m, decimal.Parse(usage.CostUSD!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(2, usage.Turns);
        Assert.NotEqual(default, usage.Duration);
        Assert.NotEqual(default, usage.ApiDuration);
    }

    [Fact]
    public async Task Command_ExitsWith3_FailsWithItsOutput()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: exit-3
            spec:
              prompt: what came on standard input
              agent:
                command: [sh, -c, "cat; exit 3"]
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
        Assert.Equal(3, status.ExitCode);
        Assert.Equal("what came on standard input", status.Result?.Text);
    }

    [Theory]
    [InlineData("SEGV")]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task Command_EndedByASignal_IsCrashedWithTheSignalAndTheOutputSoFar(string signal)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: signal
            spec:
              prompt: not read
              agent:
                command: [sh, -c, "echo so far; kill -{{signal}} $$"]
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.Crashed), (status.Phase, status.Reason));
        Assert.Equal($"SIG{signal}", status.Signal);
        Assert.Null(status.ExitCode);
        Assert.Contains($"SIG{signal}", status.Message);
        Assert.Equal("so far", status.Result?.Text?.TrimEnd());
    }

    [Fact]
    public async Task Command_ExitsWith137_IsNotASignal()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: exit-137
            spec:
              prompt: not read
              agent:
                command: [sh, -c, "exit 137"]
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
        Assert.Equal(137, status.ExitCode);
        Assert.Null(status.Signal);
    }

    [Fact]
    public async Task Command_PrintsMoreThanStatusTakes_KeepsTheEndWithSizeAndDigestOfAll()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: much
            spec:
              prompt: not read
              agent:
                command: [sh, -c, "seq 100000; echo the end"]
              output:
                statusBytes: 1Ki
            """
        );
        var result = (await run.EndAsync()).Status.Result!;

        var whole = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 100000).Select(i => $"{i}\n")) + "the end\n");
        Assert.True(result.Truncated);
        Assert.Equal(whole.Length, result.Bytes);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(whole)), result.Sha256);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(whole[^1024..]), result.Text);
    }

    [Fact]
    public async Task Claude_ModelRefusesTheCredential_AuthenticationFailed()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: refused
            spec:
              prompt: "@status 401"
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.AuthenticationFailed), (status.Phase, status.Reason));
    }

    [Fact]
    public async Task Claude_UsesAllItsTurns_IsMaxTurnsReached()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: turns
            spec:
              prompt: |
                @bash true
                @bash true
                @bash true
                @say done
              agent:
                claude:
                  dangerouslySkipPermissions: true
                  maxTurns: 2
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.MaxTurnsReached), (status.Phase, status.Reason));
    }

    [Fact]
    public async Task Claude_ToolNotPermitted_IsDeniedAndCounted()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: denied
            spec:
              prompt: |
                @bash touch /workspace/x
                @say done
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "done", 1), (status.Phase, status.Result?.Text, status.Usage?.PermissionDenials));
    }
}
