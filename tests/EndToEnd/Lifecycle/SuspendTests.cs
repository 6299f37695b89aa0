using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>
/// <c>spec.suspend</c> in each phase. (While its agent runs: <see cref="LifecycleTests"/>; while its node is away:
/// <see cref="NodeLossTests"/>.)
/// </summary>
public sealed class SuspendTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Suspend_BeforeTheStart_WaitsAndReadsNothing()
    {
        var scene = await OnSharedStackAsync();
        // The objects that it would wait for next are not read.
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "waits", "true", "suspend", "true"));
        var waits = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal(
            (RunPhase.Pending, RunReason.Suspended, null, null),
            (waits.Phase, waits.Reason, waits.Status.Attempts, waits.Status.StartTime)
        );
        // A run that was applied later has ended, so this one is not just late.
        Assert.Equal(
            RunPhase.Succeeded,
            (await (await scene.ApplyRunAsync(CountingAgent.Document(scene, "next", "true"))).EndAsync()).Phase
        );
        Assert.Equal(RunReason.Suspended, run.Last.Reason);

        await scene.PatchAsync(run, "spec: {suspend: false}");
        var status = (await run.EndAsync()).Status;

        Assert.Equal((1, null), (status.Attempt, status.Retries));
        CountingAgent.AssertRanOnce(scene, run);
    }

    [Fact]
    public async Task Suspend_AndResumeRepeatedly_EveryStartIsAnAttemptAndNoneIsARetry()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "flutters", CountingAgent.UntilLetGo));
        await run.RunningAsync();

        // Resumed long before its node has stopped it, meanwhile, and after.
        foreach (var delay in (int[])[0, 10, 100, 400, 1500])
        {
            await PatchAsync(scene, run, "true");
            await Task.Delay(delay, Cancelled);
            await PatchAsync(scene, run, "false");
        }

        // The last suspend was carried out before its resume. The attempt of this generation is not stopped any more.
        await run.UntilAsync("runs in its last generation", state => state is { Phase: RunPhase.Running, Status.ObservedGeneration: 11 });
        await CountingAgent.LetGoAsync(scene, run);
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, null), (status.Phase, status.Retries));
        Assert.InRange(status.Attempt!.Value, 2, 6);
        Assert.All(status.Attempts!.SkipLast(1), attempt => Assert.Equal(RunReason.Suspended, attempt.Reason));
        Assert.InRange(CountingAgent.Starts(scene, run).Count, 1, status.Attempt.Value);
    }

    private static Task PatchAsync(Scene scene, RunHistory run, string suspend) =>
        scene.Stack.Http.MergeAsync($"{scene.RunsPath}/{run.Name}", $$$"""{"spec":{"suspend":{{{suspend}}}}}""", Cancelled);
}
