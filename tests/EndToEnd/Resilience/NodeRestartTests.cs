using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>Faults of machines: Podman restarts, a disk is lost, the power fails.</summary>
public sealed class NodeRestartTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Soon = Poll.Timeout;

    [Fact]
    public async Task Podman_AwayWhileAgentsRun_DelaysNoEndAndCausesNone()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var (staying, node, stayingProcesses) = await StartAsync(scene, "goes-on");
        var (ending, _, endingProcesses) = await StartAsync(scene, "ends-meanwhile");
        var (stopped, _, stoppedProcesses) = await StartAsync(scene, "is-cancelled", "trap '' TERM; while true; do sleep 1; done");
        var (bridge, podman) = (node.Node.Bridge, node.Node.Machine.Podman);

        // An engine that accepts calls and does not answer delays neither a cancel nor a deadline of an attempt that has not started.
        podman.Pause();
        var never = await scene.ApplyRunAsync(CountingAgent.Document(scene, "never-begins", CountingAgent.UntilLetGo));
        var late = await scene.ApplyRunAsync(CountingAgent.Document(scene, "is-late", CountingAgent.UntilLetGo, "timeout", "\"3s\""));
        await Task.WhenAll(never.PhaseAsync(RunPhase.Preparing), late.PhaseAsync(RunPhase.Preparing));
        await scene.PatchAsync(never, "spec: {cancel: true}");
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), EndOf(await never.EndAsync(Soon)));
        Assert.Equal((RunPhase.Failed, RunReason.TimedOut), EndOf(await late.EndAsync(2 * Soon)));

        await podman.KillAsync();
        CountingAgent.LetGo(endingProcesses);
        await scene.PatchAsync(stopped, "spec: {cancel: true}");
        // Neither needs the engine: the shim acts, and the end is known while Podman is away.
        await Task.WhenAll(endingProcesses.GoneAsync(Soon), stoppedProcesses.GoneAsync(Soon));
        var cancelled = await stopped.EndAsync();
        var ended = await ending.EndAsync();
        // A bridge that starts before Podman does not take silence for an end.
        await bridge.KillAsync();
        var seen = bridge.ReadLog().Length;
        await bridge.LaunchAsync(Cancelled);
        await Poll.UntilAsync(
            "the bridge goes on with the attempt",
            Poll.Timeout,
            () => bridge.ReadLog()[seen..].Contains("Adopted attempt", StringComparison.Ordinal),
            Cancelled
        );
        await podman.StartAsync(Cancelled);
        Assert.NotEmpty(stayingProcesses.Alive());
        CountingAgent.LetGo(stayingProcesses);
        await staying.EndAsync();

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), EndOf(cancelled));
        Assert.Same(ended, ending.Last);
        CountingAgent.AssertRanOnce(scene, ending);
        CountingAgent.AssertRanOnce(scene, staying);
        Assert.Equal(1, await node.CreatedAsync(staying.Uid));
        Assert.Empty(CountingAgent.Starts(scene, never).Concat(CountingAgent.Starts(scene, late)));
        await Leftovers.GoneAfterDeletionAsync(scene, [staying, ending, stopped, never, late]);
    }

    [Fact]
    public async Task StateDirectory_LostWhileAnAgentRuns_AttemptIsLostAndNotRunTwice()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 2, Operator = Terms.Short });
        var (run, node, processes) = await StartAsync(scene, "run");
        var bridge = node.Node.Bridge;

        await bridge.KillAsync();
        Directory.Delete(bridge.StatePath, recursive: true);
        await bridge.StartAsync(Cancelled);

        var second = await run.UntilAsync("has a second attempt", state => state.Status.Attempt == 2);
        Assert.Equal(RunReason.NodeLost, second.Status.Attempts![0].Reason);
        await processes.GoneAsync(Soon);
        await run.UntilAsync("runs again", state => state is { Phase: RunPhase.Running, Status.Attempt: 2 });
        await Poll.UntilAsync(
            "the second agent told of its start",
            Poll.Timeout,
            () => CountingAgent.Starts(scene, run).Count == 2,
            Cancelled
        );
        await CountingAgent.LetGoAsync(scene, run);
        Assert.Equal((RunPhase.Succeeded, 2), ((await run.EndAsync()).Phase, run.Last.Status.Attempt));
        Assert.Equal(2, CountingAgent.Starts(scene, run).Count);
        await Leftovers.GoneAfterDeletionAsync(scene, [run]);
    }

    [Fact]
    public async Task Power_FailsWhileAnAgentRuns_RunEndsAndNothingStaysOnTheNode()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var (run, node, _) = await StartAsync(scene, "run");

        await node.Node.Machine.CutPowerAsync(Cancelled);
        await node.Node.Machine.StartAsync(Cancelled);
        await node.Node.Bridge.StartAsync(Cancelled);
        var end = await run.EndAsync();

        // It is not known what the agent has done, and a second start might do it twice.
        Assert.Equal((RunPhase.Failed, RunReason.Crashed, 1), (end.Phase, end.Reason, end.Status.Attempt));
        Assert.Single(CountingAgent.Starts(scene, run));
        await Leftovers.GoneAfterDeletionAsync(scene, [run]);
    }

    private static (RunPhase?, RunReason?) EndOf(RunState state) => (state.Phase, state.Reason);

    private static async Task<(RunHistory Run, NodeInspector Node, ContainerProcesses Processes)> StartAsync(
        Scene scene,
        string name,
        string work = CountingAgent.UntilLetGo
    )
    {
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, name, work));
        await run.RunningAsync();
        await Poll.UntilAsync("the agent told of its start", Poll.Timeout, () => CountingAgent.Starts(scene, run).Count == 1, Cancelled);
        var node = scene.NodeOf(run);
        return (run, node, await node.ProcessesAsync(run.Uid));
    }
}
