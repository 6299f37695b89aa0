using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary><c>nodeSelector</c> and <c>nodeName</c>.</summary>
public sealed class PlacementTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task NodeSelector_MatchesNone_WaitsAndRunsWhenANodeGetsTheLabel()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: selects
            spec:
              prompt: not read
              agent:
                command: ["true"]
              nodeSelector:
                example.com/case: {{scene.Namespace}}
            """
        );

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.NoNodeMatches), (waiting.Phase, waiting.Reason));
        Assert.Contains($"no node has the label example.com/case={scene.Namespace}", waiting.Status.Message);

        await scene.KubectlAsync(
            "patch",
            "agentnode",
            "node-2",
            "--type=merge",
            "-p",
            $"spec: {{labels: {{example.com/case: {scene.Namespace}}}}}"
        );
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Succeeded, "node-2"), (end.Phase, end.Status.NodeName));
        StateRules.AssertHold(run.States);
    }

    [Theory]
    [InlineData("node-1")]
    [InlineData("node-2")]
    public async Task NodeName_OfANode_RunsThere(string node)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: named
            spec:
              prompt: not read
              agent:
                command: ["true"]
              nodeName: {{node}}
            """
        );

        Assert.Equal((RunPhase.Succeeded, node), ((await run.EndAsync()).Phase, run.Last.Status.NodeName));
    }

    [Fact]
    public async Task NodeName_OfNoNode_WaitsAndNamesTheExistingNodes()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: named
            spec:
              prompt: not read
              nodeName: nowhere
            """
        );
        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);

        Assert.Equal((RunPhase.Pending, RunReason.NoNodeMatches), (waiting.Phase, waiting.Reason));
        Assert.Contains("nowhere", waiting.Status.Message);
        // Which ones stand there first depends on what other cases join meanwhile.
        Assert.Contains("Nodes: ", waiting.Status.Message);
    }

    [Fact]
    public async Task Runs_Several_AreSpreadOverTheNodes()
    {
        var scene = await OnSharedStackAsync();

        await scene.ApplyAsync(
            string.Join(
                "\n---\n",
                Enumerable
                    .Range(1, 4)
                    .Select(i =>
                        $$"""
                            apiVersion: stromboli.dev/v1alpha1
                            kind: AgentRun
                            metadata:
                              name: spread-{{i}}
                            spec:
                              prompt: not read
                              agent:
                                command: [sleep, "1"]
                            """
                    )
            )
        );
        var nodes = new List<string?>();
        foreach (var i in Enumerable.Range(1, 4))
        {
            nodes.Add((await scene.Run($"spread-{i}").EndAsync()).Status.NodeName);
        }

        Assert.Equal(["node-1", "node-2"], nodes.Distinct().Order(StringComparer.Ordinal));
    }
}
