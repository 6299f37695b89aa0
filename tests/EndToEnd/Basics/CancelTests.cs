using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Basics;

/// <summary><c>cancel: true</c>.</summary>
public sealed class CancelTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Within = Poll.Timeout;

    [Fact]
    public async Task Cancel_ClaudeInABashTool_NothingIsLeft()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: running
            spec:
              prompt: |
                @bash tail -f /dev/null
              agent:
                claude:
                  dangerouslySkipPermissions: true
            """
        );
        await run.RunningAsync();
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);
        await Poll.UntilAsync(
            "the tool runs",
            Poll.Timeout,
            () => processes.Alive().Values.Any(command => command.StartsWith("tail -f", StringComparison.Ordinal))
        );

        await scene.PatchAsync(run, "spec: {cancel: true}");
        await processes.GoneAsync(Within);
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (end.Phase, end.Reason));
        StateRules.AssertHold(run.States);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Cancel_CommandThatIgnoresTerm_NothingIsLeft()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: deaf
            spec:
              prompt: not read
              agent:
                command: [bash, -c, "trap '' TERM; setsid sleep 3600 & while :; do sleep 3600; done"]
            """
        );
        await run.RunningAsync();
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        await scene.PatchAsync(run, "spec: {cancel: true}");
        await processes.GoneAsync(Within);

        Assert.Equal(RunPhase.Cancelled, (await run.EndAsync()).Phase);
    }

    [Fact]
    public async Task Cancel_Pending_IsCancelledWithoutAnAttempt()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: pending
            spec:
              prompt: not read
              nodeSelector:
                no-such: label
            """
        );
        await run.ReasonAsync(RunReason.NoNodeMatches);

        await scene.PatchAsync(run, "spec: {cancel: true}");
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (end.Phase, end.Reason));
        Assert.Null(end.Status.NodeName);
        Assert.Null(end.Status.Attempts);
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Cancel_FromTheStart_NeverRuns()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: from-the-start
            spec:
              prompt: not read
              cancel: true
            """
        );
        var end = await run.EndAsync();

        Assert.Equal(RunPhase.Cancelled, end.Phase);
        Assert.Null(end.Status.Attempts);
    }
}
