using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Basics;

/// <summary>How a run ends, and what it leaves in its status.</summary>
public sealed class OutcomeTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Claude_ScriptedBash_SucceedsWithResultAndUsage()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync("""
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
            """);
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        Assert.Equal("hello", status.Result?.Text?.TrimEnd());
    }
}
