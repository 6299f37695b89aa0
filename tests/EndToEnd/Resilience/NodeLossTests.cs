using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>A node whose lease runs out: its agent is gone before another attempt begins elsewhere.</summary>
public sealed class NodeLossTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly StackOptions TwoNodes = new() { Nodes = 2, Operator = Terms.ShortForNodes };

    [Fact]
    public async Task Bridge_KilledForGood_ShimStopsTheAgentAndAnotherNodeGoesOn()
    {
        var scene = await OnPrivateStackAsync(TwoNodes);
        var (run, old) = await StartAsync(scene);
        var processes = await old.ProcessesAsync(run.Uid);

        await old.Node.Bridge.KillAsync();
        Assert.NotEmpty(processes.Alive());

        await AssertMovesOnAsync(scene, run, old, processes);
        await old.Node.Bridge.StartAsync(Cancelled);
        await Leftovers.GoneAsync(old, run.Uid, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Link_CutForLongerThanTheLease_AnotherNodeGoesOnAndTheOldOneCannotReport()
    {
        var scene = await OnPrivateStackAsync(TwoNodes);
        var (run, old) = await StartAsync(scene);
        var processes = await old.ProcessesAsync(run.Uid);

        old.Node.Link!.Cut();
        await AssertMovesOnAsync(scene, run, old, processes);
        var end = run.Last;
        old.Node.Link.Mend();

        await Leftovers.GoneAsync(old, run.Uid, TimeSpan.FromSeconds(20));
        Assert.Same(end, run.Last);
        var dropped = scene.Stack.Operator.ReadLog().Split('\n').Where(line => line.Contains($"Node {old.Node.Name} reports attempt 1 of run {run.Uid}, which is not on record", StringComparison.Ordinal));
        Assert.Single(dropped);
    }

    [Fact]
    public async Task Node_StandsStillPastItsLease_ItsAgentIsStoppedBeforeItDoesAnything()
    {
        var scene = await OnPrivateStackAsync(TwoNodes);
        // It spends whatever it is let.
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "run", $"until [ -e go ]; do {CountingAgent.Call}; sleep 0.2; done"));
        await run.RunningAsync();
        await Poll.UntilAsync("the agent calls its model", TimeSpan.FromSeconds(30), () => CountingAgent.Starts(scene, run).Count == 1, Cancelled);
        var old = scene.NodeOf(run);
        var processes = await old.ProcessesAsync(run.Uid);

        old.Node.Machine.Freeze();
        var first = Assert.Single(CountingAgent.Starts(scene, run));
        await run.UntilAsync("runs again", state => state is { Phase: RunPhase.Running, Status.Attempt: 2 });
        var calls = Calls(scene, first);
        Assert.NotEmpty(processes.Alive());
        old.Node.Machine.Thaw();

        await processes.GoneAsync(TimeSpan.FromSeconds(3));
        await Leftovers.GoneAsync(old, run.Uid, TimeSpan.FromSeconds(20));
        Assert.Equal(calls, Calls(scene, first));
        await CountingAgent.LetGoAsync(scene, run);
        Assert.Equal((RunPhase.Succeeded, 2), ((await run.EndAsync()).Phase, run.Last.Status.Attempt));
    }

    [Fact]
    public async Task Link_CutForLessThanTheLease_ChangesNothing()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short with { NodeLostAfter = "15s" } });
        var (run, node) = await StartAsync(scene);

        // Long enough for the bridge to give its link up.
        node.Node.Link!.Cut();
        await Poll.UntilAsync("the bridge gives up its link", TimeSpan.FromSeconds(20), () => node.Node.Bridge.ReadLog().Contains("No link to the operator", StringComparison.Ordinal), Cancelled);
        node.Node.Link.Mend();
        await CountingAgent.LetGoAsync(scene, run);
        await run.EndAsync();

        CountingAgent.AssertRanOnce(scene, run);
    }

    private static int Calls(Scene scene, string start) => scene.Stack.Model.Requests().Count(request => request["model"]?.ToString() == start);

    private static async Task<(RunHistory Run, NodeInspector Node)> StartAsync(Scene scene)
    {
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "run", CountingAgent.UntilLetGo));
        await run.RunningAsync();
        await Poll.UntilAsync("the agent told of its start", TimeSpan.FromSeconds(30), () => CountingAgent.Starts(scene, run).Count == 1, Cancelled);
        return (run, scene.NodeOf(run));
    }

    private static async Task AssertMovesOnAsync(Scene scene, RunHistory run, NodeInspector old, ContainerProcesses processes)
    {
        // Whoever sees the second attempt on record sees the first agent gone.
        var second = await run.UntilAsync("has a second attempt", state => state.Status.Attempt == 2, TimeSpan.FromSeconds(60));
        Assert.Empty(processes.Alive());
        Assert.NotEqual(old.Node.Name, second.Status.NodeName);
        var first = second.Status.Attempts![0];
        Assert.Equal((1, old.Node.Name, RunReason.NodeLost), (first.Attempt, first.Node, first.Reason));

        await run.UntilAsync("runs again", state => state is { Phase: RunPhase.Running, Status.Attempt: 2 });
        await Poll.UntilAsync("the second agent told of its start", TimeSpan.FromSeconds(30), () => CountingAgent.Starts(scene, run).Count == 2, Cancelled);
        await CountingAgent.LetGoAsync(scene, run);
        var status = (await run.EndAsync()).Status;
        Assert.Equal((RunPhase.Succeeded, RunReason.Completed, 2), (status.Phase, status.Reason, status.Attempt));
        Assert.Equal(2, CountingAgent.Starts(scene, run).Count);
    }
}
