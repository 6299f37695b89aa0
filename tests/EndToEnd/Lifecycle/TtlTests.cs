using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>What stays of a run after its end, for how long, and that nothing starts it again.</summary>
public sealed class TtlTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Soon = Poll.Timeout;

    [Fact]
    public async Task Ttl_Over_FreesTheNodeAndNothingStartsTheRunAgain()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var prompt = scene.Unique("@bash echo kept > /workspace/file\n@say done");
        var yaml = Document("once", prompt, "ttlAfterFinished: 30s");
        var run = await scene.ApplyRunAsync(yaml);
        var kept = await scene.ApplyRunAsync(Document("kept", "@bash echo kept > /workspace/file\n@say done", "ttlAfterFinished: 24h"));
        var end = await run.EndAsync();
        await kept.EndAsync();
        var node = scene.NodeOf(run);

        // The container goes at once; workspace and log stay for the TTL.
        await node.ContainerIsRemovedAsync(kept.Uid, Soon);
        await Leftovers.GoneAsync(node, run.Uid, Soon);
        Assert.True(
            DateTimeOffset.UtcNow >= end.Status.CompletionTime!.Value.AddSeconds(30),
            "Workspace and log went before the TTL was over."
        );
        Assert.Equal(2, (await node.VolumesAsync(kept.Uid)).Count);
        Assert.True(File.Exists(LogPath(node, kept)));

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
        await shorter.EndAsync();
        var (longer, ttl) = await LengthenedAsync(scene);

        // What ended later and keeps the first TTL goes; what was edited stays.
        var unedited = await scene.ApplyRunAsync(Document("unedited", "@say done", $"ttlAfterFinished: {ttl}s"));
        await unedited.EndAsync();
        await scene.PatchAsync(shorter, "spec: {ttlAfterFinished: 0s}");
        await Leftovers.GoneAsync(scene.NodeOf(shorter), shorter.Uid, Soon);
        await Leftovers.GoneAsync(scene.NodeOf(unedited), unedited.Uid, TimeSpan.FromSeconds(ttl) + Soon);
        Assert.Equal(2, (await scene.NodeOf(longer).VolumesAsync(longer.Uid)).Count);

        // A longer TTL brings nothing back.
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

    // A run whose TTL was made longer before it was over. On a machine that takes longer than that, another run has twice the time.
    private static async Task<(RunHistory Run, int FirstTtl)> LengthenedAsync(Scene scene)
    {
        for (var ttl = 15; ; ttl *= 2)
        {
            var run = await scene.ApplyRunAsync(Document($"longer-{ttl}", "@say done", $"ttlAfterFinished: {ttl}s"));
            var end = await run.EndAsync();
            await scene.PatchAsync(run, "spec: {ttlAfterFinished: 24h}");
            var observed = await run.UntilAsync("is observed in its second generation", state => state.Status.ObservedGeneration == 2);
            if (observed.SeenAt < end.Status.CompletionTime!.Value.AddSeconds(ttl))
            {
                return (run, ttl);
            }
        }
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
