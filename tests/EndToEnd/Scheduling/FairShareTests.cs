using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>The order of runs, and the most that runs ever take of a node.</summary>
public sealed class FairShareTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task ManyRunsOfManySizes_NoNodeEverExceedsItsCapacity()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0 });
        SimulatedNodeOptions[] sizes =
        [
            new() { MaxRuns = 5, RunsFor = TimeSpan.FromMilliseconds(30) },
            new()
            {
                MaxRuns = 100,
                CpuMillis = 4000,
                RunsFor = TimeSpan.FromMilliseconds(20),
            },
            new()
            {
                MaxRuns = 100,
                MemoryBytes = 3L << 30,
                RunsFor = TimeSpan.FromMilliseconds(40),
            },
        ];
        var nodes = await Task.WhenAll(
            sizes.Select((size, i) => SimulatedNode.GrantAndJoinAsync(scene.Stack, $"sim-{i}", size, Cancelled))
        );
        string[] limits = ["cpu: 250m, memory: 1Gi", "cpu: 1500m, memory: 128Mi", "cpu: 2, memory: 700Mi"];
        await Task.WhenAll(
            limits.Select(
                (limit, i) =>
                    WaitingCrowd.CreateAsync(
                        scene,
                        $"run-{i}",
                        100,
                        $$""" "agent": {"command": ["true"]}, "resources": {"limits": { {{limit}} } } """
                    )
            )
        );
        await WaitingCrowd.UntilAsync(scene, "end well", 300, state => state.Phase == RunPhase.Succeeded);
        foreach (var (node, size) in nodes.Zip(sizes))
        {
            Assert.InRange(node.Most.Runs, 1, size.MaxRuns);
            Assert.InRange(node.Most.CpuMillis, 1, size.CpuMillis);
            Assert.InRange(node.Most.MemoryBytes, 1, size.MemoryBytes);
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task NamespacesTakeTurns_ThenPriority_ThenAge()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0 });
        var other = $"{scene.Namespace}-other";
        await scene.Stack.Http.CreateAsync(
            "/api/v1/namespaces",
            $"{{apiVersion: v1, kind: Namespace, metadata: {{name: {other}}}}}",
            Cancelled
        );
        await using var node = await SimulatedNode.GrantAndJoinAsync(scene.Stack, "sim", new() { MaxRuns = 1, RunsFor = null }, Cancelled);
        Dictionary<string, string> names = [];
        await AddAsync(scene.RunsPath, "first", 0);
        await Poll.UntilAsync("the first runs", Poll.Timeout, () => node.Running.Count == 1, Cancelled);
        // All wait now. They are a second apart where age decides.
        await AddAsync(scene.RunsPath, "old", 0);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancelled);
        await AddAsync(scene.RunsPath, "young", 0);
        await AddAsync(scene.RunsPath, "urgent", 5);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancelled);
        await AddAsync(scene.RunsPath.Replace(scene.Namespace, other, StringComparison.Ordinal), "others-1", 0);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancelled);
        await AddAsync(scene.RunsPath.Replace(scene.Namespace, other, StringComparison.Ordinal), "others-2", 0);
        await WaitingCrowd.UntilAsync(scene, "are queued", 3, state => state.Phase == RunPhase.Queued);

        while (node.Running is [var uid, ..])
        {
            Assert.True(node.Finish(uid));
            await Poll.UntilAsync(
                "the next runs",
                Poll.Timeout,
                () => node.Started.Count == names.Count || node.Running.Count == 1,
                Cancelled
            );
        }

        Assert.Equal(["first", "others-1", "urgent", "others-2", "old", "young"], node.Started.Select(uid => names[uid]));
        Assert.Equal(1, node.Most.Runs);

        async Task AddAsync(string path, string name, int priority) =>
            names.Add(
                (
                    await scene.Stack.Http.CreateAsync(
                        path,
                        $$"""
                        {apiVersion: stromboli.dev/v1alpha1, kind: AgentRun, metadata: {name: {{name}}}, spec: {prompt: not read, priority: {{priority}}, agent: {command: ["true"]} } }
                        """,
                        Cancelled
                    )
                )["metadata"]!["uid"]!.GetValue<string>(),
                name
            );
    }
}
