using System.Diagnostics;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Lifecycle;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>
/// Bridges that die and state directories and logs that are lost while hooks run: a hook never runs again as if it had not run.
/// </summary>
public sealed class HookLossTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Waits = "echo started >> starts; touch begun; until [ -e go ]; do sleep 0.1; done";
    private static readonly TimeSpan Soon = Poll.Timeout;

    [Fact]
    public async Task Bridge_KilledDuringAHook_AdoptsIt()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var run = await InHookAsync(scene, "goes-on");
        var fails = await InHookAsync(scene, "fails-meanwhile", $"{Waits}; exit 6");
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);
        var failing = await scene.NodeOf(fails).ProcessesAsync(fails.Uid);

        await bridge.KillAsync();
        CountingAgent.LetGo(failing);
        await failing.GoneAsync(Soon);
        await bridge.StartAsync(Cancelled);
        var failed = (await fails.EndAsync()).Status;
        CountingAgent.LetGo(processes);
        var ended = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "started\n", 1), (ended.Phase, ended.Result!.Text, ended.Attempt));
        Assert.Equal([HookResult.Succeeded, HookResult.Succeeded], ended.Hooks!.Select(hook => hook.Result!.Value));
        Assert.Equal(
            (RunReason.HookFailed, "The hook onCreate[1] exited with 6; its output is in the log."),
            (failed.Reason, failed.Message)
        );
        Assert.Equal([HookResult.Succeeded, HookResult.Failed], failed.Hooks!.Select(hook => hook.Result!.Value));
        Assert.Equal(1, await scene.NodeOf(run).CreatedAsync(run.Uid));
        Assert.Equal(1, await scene.NodeOf(fails).CreatedAsync(fails.Uid));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StateDirectory_LostDuringAHook_AttemptIsLostAndNotRunTwice(bool operatorToo)
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var run = await InHookAsync(scene, "run");
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        await bridge.KillAsync();
        Directory.Delete(bridge.StatePath, recursive: true);
        if (operatorToo)
        {
            // Then only the engine knows that it has started.
            await scene.Stack.Operator.KillAsync();
            await scene.Stack.Operator.StartAsync(Cancelled);
        }

        await bridge.StartAsync(Cancelled);

        await AssertLostAndRunAnewAsync(scene, run, processes);
    }

    [Fact]
    public async Task StateDirectory_LostBeforeTheAgentsStartWasReported_AttemptIsLostAndNotRunTwice()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var run = await InHookAsync(scene, "run", agent: "echo runs > running; sleep 1000");
        var node = Assert.Single(scene.Stack.Nodes);
        var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        node.Link!.Cut();
        CountingAgent.LetGo(processes);
        await Poll.UntilAsync(
            "the agent runs",
            Poll.Timeout,
            () => File.Exists($"/proc/{processes.FirstPid}/root/workspace/running"),
            Cancelled
        );
        await node.Bridge.KillAsync();
        Directory.Delete(node.Bridge.StatePath, recursive: true);
        await scene.Stack.Operator.KillAsync();
        await scene.Stack.Operator.StartAsync(Cancelled);
        node.Link!.Mend();
        await node.Bridge.StartAsync(Cancelled);

        await AssertLostAndRunAnewAsync(scene, run, processes, end: false);
        Assert.DoesNotContain(run.States, state => state.Status.Attempt == 1 && state.Phase == RunPhase.Running);
    }

    [Fact]
    public async Task Log_LostDuringAHook_AttemptIsLostAndNotRunTwice()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var run = await InHookAsync(scene, "run");
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        await bridge.KillAsync();
        using (var shim = Process.GetProcessById(processes.FirstPid))
        {
            shim.Kill();
        }

        await processes.GoneAsync(Soon);
        File.Delete(HookTests.LogPath(scene, run));
        await bridge.StartAsync(Cancelled);

        await AssertLostAndRunAnewAsync(scene, run, processes);
    }

    [Fact]
    public async Task Power_FailsDuringAHook_RunEndsAndIsNotPreparedAgain()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var run = await InHookAsync(scene, "run");
        var node = Assert.Single(scene.Stack.Nodes);

        await node.Machine.CutPowerAsync(Cancelled);
        await node.Machine.StartAsync(Cancelled);
        await node.Bridge.StartAsync(Cancelled);
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Failed, RunReason.Crashed, 1), (end.Phase, end.Reason, end.Status.Attempt));
        Assert.Equal([HookResult.Succeeded, HookResult.Stopped], end.Status.Hooks!.Select(hook => hook.Result!.Value));
        await Leftovers.GoneAfterDeletionAsync(scene, [run]);
    }

    [Fact]
    public async Task Lease_OverDuringAHookWithoutABridge_ShimStopsIt()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.ShortForNodes });
        var run = await InHookAsync(scene, "run");
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        await bridge.KillAsync();
        await processes.GoneAsync(Poll.Timeout);
        await run.UntilAsync("has lost its attempt", state => state.Status.Attempts?[0].Reason == RunReason.NodeLost);
        await bridge.StartAsync(Cancelled);

        await AssertLostAndRunAnewAsync(scene, run, processes);
    }

    private static async Task<RunHistory> InHookAsync(Scene scene, string name, string hook = Waits, string agent = "cat starts")
    {
        var run = await scene.ApplyRunAsync(HookTests.Document(name, agent, new() { ["onCreate"] = new JsonArray("true", hook) }));
        await HookTests.InHookAsync(scene, run);
        return run;
    }

    private static async Task AssertLostAndRunAnewAsync(Scene scene, RunHistory run, ContainerProcesses first, bool end = true)
    {
        var second = await run.UntilAsync("has a second attempt", state => state.Status.Attempt == 2);
        Assert.Equal(RunReason.NodeLost, second.Status.Attempts![0].Reason);
        await first.GoneAsync(Soon);
        await HookTests.InHookAsync(scene, run);
        Assert.Equal(2, await scene.NodeOf(run).CreatedAsync(run.Uid));
        await CountingAgent.LetGoAsync(scene, run);
        if (end)
        {
            Assert.Equal((RunPhase.Succeeded, "started\n"), ((await run.EndAsync()).Phase, run.Last.Status.Result!.Text));
        }
        else
        {
            await run.RunningAsync();
        }
    }
}
