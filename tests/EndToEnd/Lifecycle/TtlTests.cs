using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>What stays of a run after its end, for how long, and that nothing brings it back to life.</summary>
public sealed class TtlTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Soon = Poll.Patience;

    [Fact]
    public async Task Ttl_Over_FreesTheNodeAndKeepsTheObjectWhichNothingStartsAgain()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var prompt = scene.Unique("@bash echo kept > /workspace/file\n@say done");
        var yaml = Document("once", prompt, "ttlAfterFinished: 30s");
        var run = await scene.ApplyRunAsync(yaml);
        var end = await run.EndAsync();
        var node = scene.NodeOf(run);

        // The container at once; workspace and log not yet.
        await node.ContainerIsRemovedAsync(run.Uid, Soon);
        Assert.Equal(2, (await node.VolumesAsync(run.Uid)).Count);
        Assert.True(File.Exists(LogPath(node, run)));
        Assert.True(DateTimeOffset.UtcNow < end.Status.CompletionTime!.Value.AddSeconds(30), "The machine is too slow for this case.");
        await Leftovers.GoneAsync(node, run.Uid, Poll.Patience);
        Assert.True(DateTimeOffset.UtcNow >= end.Status.CompletionTime!.Value.AddSeconds(30));

        // The same YAML, in each way and with each operator.
        var requests = scene.ModelRequests(prompt).Count;
        await ApplyAgainAsync(scene, yaml);
        await scene.Stack.Operator.KillAsync(Cancelled);
        await scene.Stack.Operator.StartAsync(Cancelled);
        await scene.Stack.Nodes[0].Bridge.RestartAsync(Cancelled);
        await ApplyAgainAsync(scene, yaml);
        Assert.Equal(RunPhase.Succeeded, (await (await scene.ApplyRunAsync(Document("another", "@say done"))).EndAsync()).Phase);

        Assert.Equal((1L, end.Run.Metadata.Uid), (run.Last.Generation, run.Last.Run.Metadata.Uid));
        Assert.Equal((RunPhase.Succeeded, 1, "done"), (run.Last.Phase, run.Last.Status.Attempt, run.Last.Status.Result?.Text));
        Assert.Equal(requests, scene.ModelRequests(prompt).Count);
        Assert.Equal(1, await node.CreatedAsync(run.Uid));
        Assert.Empty(await node.LeftoversAsync(run.Uid));
    }

    [Fact]
    public async Task Ttl_EditedAfterTheEnd_CountsFromTheEnd()
    {
        var scene = await OnSharedStackAsync();
        var shorter = await scene.ApplyRunAsync(Document("shorter", "@say done"));
        var longer = await scene.ApplyRunAsync(Document("longer", "@say done", "ttlAfterFinished: 25s"));
        await Task.WhenAll(shorter.EndAsync(), longer.EndAsync());

        await scene.PatchAsync(longer, "spec: {ttlAfterFinished: 24h}");
        Assert.True(
            DateTimeOffset.UtcNow < longer.Last.Status.CompletionTime!.Value.AddSeconds(25),
            "The machine is too slow for this case."
        );
        await scene.PatchAsync(shorter, "spec: {ttlAfterFinished: 0s}");
        await Leftovers.GoneAsync(scene.NodeOf(shorter), shorter.Uid, Soon);
        await Poll.UntilAsync(
            "the first TTL is over",
            Poll.Patience,
            () => DateTimeOffset.UtcNow > longer.Last.Status.CompletionTime!.Value.AddSeconds(27),
            Cancelled
        );
        Assert.Equal(2, (await scene.NodeOf(longer).VolumesAsync(longer.Uid)).Count);

        // Nothing comes back by a longer one.
        await scene.PatchAsync(shorter, "spec: {ttlAfterFinished: 24h}");
        await shorter.UntilAsync("is observed in its third generation", state => state.Status.ObservedGeneration == 3);
        Assert.Empty(await scene.NodeOf(shorter).LeftoversAsync(shorter.Uid));
        Assert.Equal((1, 1), (await scene.NodeOf(shorter).CreatedAsync(shorter.Uid), await scene.NodeOf(longer).CreatedAsync(longer.Uid)));
    }

    [Fact]
    public async Task Ttl_Zero_LeavesNothing()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(Document("fleeting", "@say done", "ttlAfterFinished: 0s"));

        var end = await run.EndAsync();

        await Leftovers.GoneAsync(scene.NodeOf(run), run.Uid, Soon);
        Assert.Equal("done", end.Status.Result?.Text);
    }

    private static async Task ApplyAgainAsync(Scene scene, string yaml)
    {
        await scene.ApplyAsync(yaml);
        foreach (var manager in (string[])["kubectl", "argocd-controller"])
        {
            var applied = await scene.Kubectl.RunAsync(
                ["apply", "--server-side", "--force-conflicts", $"--field-manager={manager}", "-n", scene.Namespace, "-f", "-"],
                yaml,
                Cancelled
            );
            Assert.True(applied.Succeeded, applied.Error);
        }
    }

    private static string LogPath(NodeInspector node, RunHistory run) =>
        Path.Combine(node.Node.Bridge.StatePath, "attempts", $"{run.Uid}-1", "log");

    private static string Document(string name, string prompt, string field = "") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: |
                {{prompt.ReplaceLineEndings("\n    ")}}
              agent:
                claude: {dangerouslySkipPermissions: true}
              {{field}}
            """;
}
