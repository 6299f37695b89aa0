using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Basics;

/// <summary>The deadline of an attempt.</summary>
public sealed class TimeoutTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Timeout_SlowModel_TimesOutAndLeavesNothing()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: slow
            spec:
              prompt: |
                @sleep 60s
                @say too late
              timeout: 3s
            """
        );
        await AssertTimedOutAsync(scene, run);
    }

    [Fact]
    public async Task Timeout_ProcessTreeThatIgnoresTerm_TimesOutAndLeavesNothing()
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
                command:
                  - bash
                  - -c
                  - |
                    trap '' TERM INT HUP
                    echo so far
                    setsid bash -c 'sleep 3600 & while :; do sleep 3600; done' &
                    (sleep 3600 & while :; do sleep 3600; done) &
                    while :; do sleep 3600; done
              timeout: 3s
            """
        );
        var end = await AssertTimedOutAsync(scene, run);

        Assert.Equal("so far", end.Status.Result?.Text?.TrimEnd());
    }

    private static async Task<RunState> AssertTimedOutAsync(Scene scene, RunHistory run)
    {
        var running = await run.RunningAsync();
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        var end = await run.EndAsync();
        await processes.GoneAsync(Poll.Timeout);

        Assert.Equal((RunPhase.Failed, RunReason.TimedOut), (end.Phase, end.Reason));
        // By the bridge's clock, which counts from the record of the attempt. Times are in whole seconds.
        Assert.InRange(running.Status.Deadline!.Value - running.Status.StartTime!.Value, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.True(
            end.Status.CompletionTime >= running.Status.StartTime.Value.AddSeconds(3),
            $"{end.Status.CompletionTime:O} is before {running.Status.Deadline:O}"
        );
        Assert.Null(end.Status.ExitCode);
        Assert.Null(end.Status.Signal);
        return end;
    }
}
