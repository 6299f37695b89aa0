using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>kill -9 of the operator: the record says what is wanted, and nothing is started twice.</summary>
public sealed class OperatorKillTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Operator_KilledUnderAnAgent_SameContainerFinishes()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "run", CountingAgent.UntilLetGo));
        await run.RunningAsync();

        await scene.Stack.Operator.KillAsync();
        await CountingAgent.LetGoAsync(scene, run);
        await scene.Stack.Operator.StartAsync(Cancelled);
        await run.EndAsync();

        CountingAgent.AssertRanOnce(scene, run);
        Assert.Equal(1, await scene.NodeOf(run).CreatedAsync(run.Uid));
    }

    [Fact]
    public async Task Operator_KilledAtAnyMoment_EachAgentStartsOnceAndNothingStays()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 2, Node = new NodeOptions { MaxRuns = 40 }, Operator = Terms.Short });

        // Right after the create, around the record, around Go, and when the first ends are stored.
        var runs = await new Storm(scene, scene.Stack.Operator, "is in step").RageAsync([0, 20, 40, 70, 110, 180, 400], Cancelled);

        Assert.All(runs, run => CountingAgent.AssertRanOnce(scene, run));
        await Leftovers.GoneAfterDeletionAsync(scene, runs);
    }
}
