using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Sessions;

/// <summary>kill -9 of bridge and operator during a session, and a lost node: nothing is lost and nothing doubled.</summary>
public sealed class SessionResilienceTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task BridgeAndOperator_KilledDuringAndBetweenTurns_LoseAndDoubleNothing()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var session = new SessionCase(scene);
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        const string turn = "mkdir lock && echo {0} >> order && until [ -e go-{0} ]; do sleep 0.05; done; rmdir lock";

        await session.CreateAsync("lifecycle: {onCreate: ['echo created >> order']}");
        var first = await session.ShellAsync("a", string.Format(null, turn, "a"));
        await first.RunningAsync();
        var second = await session.ShellAsync("b", string.Format(null, turn, "b"));
        await second.ReasonAsync(RunReason.WaitingForSession);
        var node = scene.NodeOf(first);
        // During a turn: both, one after the other. The turn ends while both are away.
        await bridge.KillAsync();
        await scene.Stack.Operator.KillAsync();
        await node.ExecAsync(first.Uid, "/bin/touch", "/workspace/go-a");
        await scene.Stack.Operator.StartAsync(Cancelled);
        await bridge.StartAsync(Cancelled);
        await first.EndAsync();
        await second.RunningAsync();
        // At the end of a turn, at whatever point its count is.
        await node.ExecAsync(second.Uid, "/bin/touch", "/workspace/go-b");
        await second.EndAsync();
        await scene.Stack.Operator.KillAsync();
        await bridge.KillAsync();
        await scene.Stack.Operator.StartAsync(Cancelled);
        await bridge.StartAsync(Cancelled);
        var last = (await (await session.ShellAsync("c", "cat order")).EndAsync()).Status;
        var status = await session.UntilAsync("has three turns", status => status is { Turns: 3, ActiveRun: null });

        Assert.Equal((RunReason.Completed, RunReason.Completed), (first.Last.Status.Reason, second.Last.Status.Reason));
        Assert.Equal("created\na\nb\n", last.Result!.Text);
        Assert.Equal(SessionPhase.Ready, status.Phase);
        Assert.Equal((1, 1), (await node.CreatedAsync(first.Uid), await node.CreatedAsync(second.Uid)));
    }

    [Fact]
    public async Task Node_Lost_RunsOfItsSessionsWaitForIt()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 2, Operator = Terms.ShortForNodes });
        var session = new SessionCase(scene);
        var gone = new SessionCase(scene, "gone");

        await session.CreateAsync();
        var first = await session.ShellAsync("first", "echo kept > kept");
        var node = (await first.EndAsync()).Status.NodeName!;
        await gone.CreateAsync($"nodeName: {node}");
        var other = (await (await gone.ShellAsync("other", "true")).EndAsync()).Status;
        var link = scene.Inspect(node).Node.Link!;
        link.Cut();
        await session.UntilAsync(
            "waits for its node",
            status => status is { Phase: SessionPhase.Pending, Reason: SessionReason.WaitingForNode }
        );
        var second = await session.ShellAsync("second", "cat kept");
        var waiting = await second.ReasonAsync(RunReason.WaitingForNode);
        await scene.KubectlAsync("delete", "agentsession", gone.Name);
        link.Mend();
        var ended = (await second.EndAsync()).Status;

        Assert.Contains(node, waiting.Status.Message);
        Assert.Equal((RunReason.Completed, node, "kept"), (ended.Reason, ended.NodeName, ended.Result!.Text!.Trim()));
        await session.UntilAsync("is ready again", status => status.Phase == SessionPhase.Ready);
        // Deleted while the node was away. The node learns of it when it is back.
        await Poll.UntilAsync(
            "the volumes are gone",
            Poll.Timeout,
            async _ => (await SessionVolumes.OfAsync(scene.Inspect(node), other.Session!.UID!)).Count == 0,
            Cancelled
        );
        StateRules.AssertHold(second);
    }
}
