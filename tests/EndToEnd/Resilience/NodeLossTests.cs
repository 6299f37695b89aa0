using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>A node whose lease ends: its agent is gone before another attempt starts elsewhere.</summary>
public sealed class NodeLossTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly StackOptions TwoNodes = new() { Nodes = 2, Operator = Terms.ShortForNodes };

    [Fact]
    public async Task Bridge_KilledPermanently_ShimStopsTheAgentAndAnotherNodeTakesOver()
    {
        var scene = await OnPrivateStackAsync(TwoNodes);
        var (run, old) = await StartAsync(scene);
        var processes = await old.ProcessesAsync(run.Uid);

        await old.Node.Bridge.KillAsync();
        Assert.NotEmpty(processes.Alive());

        await AssertMovesOnAsync(scene, run, old, processes);
        await old.Node.Bridge.StartAsync(Cancelled);
        await Leftovers.GoneAsync(old, run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Link_CutForLongerThanTheLease_AnotherNodeTakesOverAndTheOldOneCannotReport()
    {
        var scene = await OnPrivateStackAsync(TwoNodes);
        var (run, old) = await StartAsync(scene);
        var processes = await old.ProcessesAsync(run.Uid);

        old.Node.Link!.Cut();
        await AssertMovesOnAsync(scene, run, old, processes);
        var end = run.Last;
        old.Node.Link.Mend();

        await Leftovers.GoneAsync(old, run.Uid, Poll.Timeout);
        Assert.Same(end, run.Last);
        var dropped = scene
            .Stack.Operator.ReadLog()
            .Split('\n')
            .Where(line =>
                line.Contains($"Node {old.Node.Name} reports attempt 1 of run {run.Uid}, which is not on record", StringComparison.Ordinal)
            );
        Assert.Single(dropped);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"{scene.Stack.Operator.HealthUrl}/metrics"), Cancelled);
        Assert.Matches(@"(?m)^stromboli_node_reports_dropped_total\{\} [1-9]\d*$", metrics);
    }

    [Fact]
    public async Task Node_FrozenPastItsLease_ItsAgentIsStoppedBeforeItDoesAnything()
    {
        var scene = await OnPrivateStackAsync(TwoNodes);
        // It spends as much as it can.
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "run", $"until [ -e go ]; do {CountingAgent.Call}; sleep 0.2; done")
        );
        await run.RunningAsync();
        await Poll.UntilAsync("the agent calls its model", Poll.Timeout, () => CountingAgent.Starts(scene, run).Count == 1, Cancelled);
        var old = scene.NodeOf(run);
        var processes = await old.ProcessesAsync(run.Uid);

        old.Node.Machine.Freeze();
        var first = Assert.Single(CountingAgent.Starts(scene, run));
        await run.UntilAsync("runs again", state => state is { Phase: RunPhase.Running, Status.Attempt: 2 });
        var calls = Calls(scene, first);
        Assert.NotEmpty(processes.Alive());
        old.Node.Machine.Thaw();

        await processes.GoneAsync(Poll.Timeout);
        await Leftovers.GoneAsync(old, run.Uid, Poll.Timeout);
        Assert.Equal(calls, Calls(scene, first));
        await CountingAgent.LetGoAsync(scene, run);
        Assert.Equal((RunPhase.Succeeded, 2), ((await run.EndAsync()).Phase, run.Last.Status.Attempt));
    }

    [Fact]
    public async Task Link_CutForLessThanTheLease_ChangesNothing()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short with { NodeLostAfter = "30s" } });
        var (run, node) = await StartAsync(scene);

        // Long enough for the bridge to drop its link.
        node.Node.Link!.Cut();
        await Poll.UntilAsync(
            "the bridge gives up its link",
            Poll.Timeout,
            () => node.Node.Bridge.ReadLog().Contains("No link to the operator", StringComparison.Ordinal),
            Cancelled
        );
        node.Node.Link.Mend();
        await CountingAgent.LetGoAsync(scene, run);
        await run.EndAsync();

        CountingAgent.AssertRanOnce(scene, run);
    }

    [Fact]
    public async Task Node_LostPermanently_EveryRunEndsOrWaitsAsItsSpecSays()
    {
        var scene = await OnPrivateStackAsync(
            new StackOptions
            {
                Node = new() { MaxRuns = 8 },
                Operator = Terms.ShortForNodes,
            }
        );
        var once = await ApplyAsync(scene, "once", "retries", """{"nodeLost":0}""");
        var budgeted = await ApplyAsync(scene, "budgeted", "budget", """{"maxTokens":100000}""");
        var cancelled = await ApplyAsync(scene, "cancelled", "priority", "1");
        var suspended = await ApplyAsync(scene, "suspended", "priority", "1");
        var again = await ApplyAsync(scene, "again", "priority", "1");
        RunHistory[] runs = [once, budgeted, cancelled, suspended, again];
        await Task.WhenAll(runs.Select(run => run.RunningAsync()));

        await scene.Stack.Nodes[0].Bridge.KillAsync();
        await scene.PatchAsync(cancelled, "spec: {cancel: true}");
        await scene.PatchAsync(suspended, "spec: {suspend: true}");
        // Whether they still run is unknown, so they are neither over nor waiting yet.
        var asked = await cancelled.UntilAsync("is observed", state => state.Status.ObservedGeneration == 2);
        Assert.Equal(
            (RunPhase.Running, "True", "Cancelling on node-1."),
            (asked.Phase, asked.Condition(RunConditions.Reconciling), asked.Status.Message)
        );

        Assert.Equal((RunPhase.Failed, RunReason.NodeLost), ((await once.EndAsync()).Phase, once.Last.Reason));
        Assert.Equal((RunPhase.Failed, RunReason.NodeLost), ((await budgeted.EndAsync()).Phase, budgeted.Last.Reason));
        Assert.Contains("spec.budget leaves nothing", budgeted.Last.Status.Message, StringComparison.Ordinal);
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), ((await cancelled.EndAsync()).Phase, cancelled.Last.Reason));
        var waits = await suspended.ReasonAsync(RunReason.Suspended);
        Assert.Equal((RunPhase.Pending, null), (waits.Phase, waits.Status.Retries));
        var second = await again.ReasonAsync(RunReason.WaitingForNode);
        Assert.Equal((RunPhase.Pending, 1, 0), (second.Phase, second.Status.Retries!.NodeLost, second.Status.Retries.Failures ?? 0));
        Assert.All(runs, run => Assert.Equal([RunReason.NodeLost], run.Last.Status.Attempts!.Select(attempt => attempt.Reason)));
        // The lost attempt may have spent all that was left of the budget.
        Assert.Equal(100000, budgeted.Last.Status.Budget!.Tokens);
    }

    private static async Task<RunHistory> ApplyAsync(Scene scene, string name, string field, string value)
    {
        var document = JsonNode.Parse(CountingAgent.Document(scene, name, CountingAgent.UntilLetGo, field, value))!;
        document["spec"]!["resources"] = JsonNode.Parse("""{"limits":{"cpu":"100m"}}""");
        return await scene.ApplyRunAsync(document.ToJsonString());
    }

    private static int Calls(Scene scene, string start) =>
        scene.Stack.Model.Requests().Count(request => request["model"]?.ToString() == start);

    private static async Task<(RunHistory Run, NodeInspector Node)> StartAsync(Scene scene)
    {
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "run", CountingAgent.UntilLetGo));
        await run.RunningAsync();
        await Poll.UntilAsync("the agent told of its start", Poll.Timeout, () => CountingAgent.Starts(scene, run).Count == 1, Cancelled);
        return (run, scene.NodeOf(run));
    }

    private static async Task AssertMovesOnAsync(Scene scene, RunHistory run, NodeInspector old, ContainerProcesses processes)
    {
        // When the second attempt is recorded, the first agent is gone.
        var second = await run.UntilAsync("has a second attempt", state => state.Status.Attempt == 2, Poll.Timeout);
        Assert.Empty(processes.Inside());
        Assert.NotEqual(old.Node.Name, second.Status.NodeName);
        var first = second.Status.Attempts![0];
        Assert.Equal((1, old.Node.Name, RunReason.NodeLost), (first.Attempt, first.Node, first.Reason));

        await run.UntilAsync("runs again", state => state is { Phase: RunPhase.Running, Status.Attempt: 2 });
        await Poll.UntilAsync(
            "the second agent told of its start",
            Poll.Timeout,
            () => CountingAgent.Starts(scene, run).Count == 2,
            Cancelled
        );
        await CountingAgent.LetGoAsync(scene, run);
        var status = (await run.EndAsync()).Status;
        Assert.Equal((RunPhase.Succeeded, RunReason.Completed, 2), (status.Phase, status.Reason, status.Attempt));
        Assert.Equal(2, CountingAgent.Starts(scene, run).Count);
    }
}
