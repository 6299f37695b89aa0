using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>A delete returns at once, whatever is away, and nothing of the run is left once node and operator are back.</summary>
public sealed class DeletionTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Soon = Poll.Timeout;

    [Fact]
    public async Task Delete_WhileRunning_NothingIsLeft()
    {
        var scene = await OnSharedStackAsync();
        var (run, node, processes) = await StartAsync(scene, "run");

        await DeleteAsync(scene, run);

        await Task.WhenAll(processes.GoneAsync(Soon), Leftovers.GoneAsync(node, run.Uid, Soon));
    }

    [Fact]
    public async Task Delete_WithBridgeLinkOrOperatorAway_NothingIsLeftWhenTheyAreBack()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var bridge = scene.Stack.Nodes[0].Bridge;

        var (bereft, node, bereftProcesses) = await StartAsync(scene, "bridge-away");
        await bridge.KillAsync();
        await DeleteAsync(scene, bereft);
        await AfterAsync(scene.Stack.Operator, "is in sync", () => bridge.StartAsync(Cancelled));
        await Task.WhenAll(bereftProcesses.GoneAsync(Soon), Leftovers.GoneAsync(node, bereft.Uid, Soon));

        var (apart, _, apartProcesses) = await StartAsync(scene, "link-cut");
        scene.Stack.Nodes[0].Link!.Cut();
        await DeleteAsync(scene, apart);
        scene.Stack.Nodes[0].Link!.Mend();
        await Task.WhenAll(apartProcesses.GoneAsync(Soon), Leftovers.GoneAsync(node, apart.Uid, Soon));

        var (unseen, _, unseenProcesses) = await StartAsync(scene, "operator-stopped");
        await scene.Stack.Operator.StopAsync();
        await DeleteAsync(scene, unseen);
        await AfterAsync(scene.Stack.Operator, "is in sync", () => scene.Stack.Operator.StartAsync(Cancelled));
        await Task.WhenAll(unseenProcesses.GoneAsync(Soon), Leftovers.GoneAsync(node, unseen.Uid, Soon));
    }

    private static async Task<(RunHistory Run, NodeInspector Node, ContainerProcesses Processes)> StartAsync(Scene scene, string name)
    {
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, name, "trap '' TERM; sh -c 'trap \"\" TERM; sleep 600' & sleep 600")
        );
        await run.RunningAsync();
        var node = scene.NodeOf(run);
        return (run, node, await node.ProcessesAsync(run.Uid));
    }

    // kubectl returns once the object is gone: nothing holds it, whatever is away.
    private static Task DeleteAsync(Scene scene, RunHistory run) => scene.KubectlAsync("delete", "agentrun", run.Name, "--timeout=60s");

    // Node and operator are there when the operator says that they are in sync.
    private static async Task AfterAsync(OperatorProcess process, string line, Func<Task> act)
    {
        var before = process.ReadLog().Split(line).Length;
        await act();
        await Poll.UntilAsync(
            $"{process.Name} says '{line}'",
            Poll.Timeout,
            () => process.ReadLog().Split(line).Length > before,
            Cancelled
        );
    }
}
