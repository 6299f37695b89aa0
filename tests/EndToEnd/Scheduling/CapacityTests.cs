using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>More runs than there is room for.</summary>
public sealed class CapacityTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task NodeIsFull_NextRunIsQueuedAndRunsWhenThereIsRoom()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Node = new NodeOptions { MaxRuns = 1 } });
        var first = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: first
            spec:
              prompt: not read
              agent:
                command: [sleep, "3600"]
            """
        );
        await first.RunningAsync();

        var second = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: second
            spec:
              prompt: not read
              agent:
                command: ["true"]
            """
        );
        var queued = await second.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Queued, RunReason.Queued), (queued.Phase, queued.Reason));

        await scene.PatchAsync(first, "spec: {cancel: true}");

        Assert.Equal(RunPhase.Succeeded, (await second.EndAsync()).Phase);
        Assert.Equal(RunPhase.Cancelled, (await first.EndAsync()).Phase);
        StateRules.AssertHold(second.States);
        Assert.Equal((1, 1), (await scene.NodeOf(first).CreatedAsync(first.Uid), await scene.NodeOf(second).CreatedAsync(second.Uid)));
    }

    [Fact]
    public async Task LimitsLargerThanAnyNode_WaitAndSayWhatNodesHave()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: huge
            spec:
              prompt: not read
              nodeName: node-1
              resources:
                limits:
                  memory: 900Gi
            """
        );
        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);

        Assert.Equal((RunPhase.Pending, RunReason.NoNodeMatches), (waiting.Phase, waiting.Reason));
        Assert.Contains("900Gi", waiting.Status.Message);
    }
}
