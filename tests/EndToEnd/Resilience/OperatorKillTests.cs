using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>kill -9 of the operator: status records what is desired, and nothing starts twice.</summary>
public sealed class OperatorKillTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Operator_KilledAtAnyMoment_EachAgentStartsOnceAndNothingStays()
    {
        var scene = await OnPrivateStackAsync(
            new StackOptions
            {
                Nodes = 2,
                Node = new NodeOptions { MaxRuns = 40 },
                Operator = Terms.Short,
            },
            alone: true
        );

        var through = await scene.ApplyRunAsync(CountingAgent.Document(scene, "through-it-all", CountingAgent.UntilLetGo));
        await through.RunningAsync();

        // Right after the create, around the record, around Go, and when the first ends are stored.
        var runs = await new Storm(scene, scene.Stack.Operator, "is in sync").RageAsync([0, 20, 40, 70, 110, 180, 400], Cancelled);

        await CountingAgent.LetGoAsync(scene, through);
        await through.EndAsync();
        Assert.All(runs.Append(through), run => CountingAgent.AssertRanOnce(scene, run));
        Assert.Equal(1, await scene.NodeOf(through).CreatedAsync(through.Uid));
        await Leftovers.GoneAfterDeletionAsync(scene, [.. runs, through]);
    }
}
