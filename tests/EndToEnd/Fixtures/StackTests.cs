using System.Security.Cryptography;
using System.Text.Json;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Fixtures;

/// <summary>The fixtures on which all other tests here rely.</summary>
public sealed class StackTests(StackFixture stacks)
{
    private static readonly TimeSpan Soon = Poll.Timeout;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stack_NodesAddedCutAndWithoutPower_AreWhatTheOperatorSees()
    {
        await using var room = await RoomAsync();
        await using var stack = await Stack.StartAsync(
            "fixtures",
            new StackOptions
            {
                Operator = new() { NodeLostAfter = "8s", NodeLostGrace = "1s" },
            },
            cancellationToken: Cancelled
        );
        await RunAsync(stack, "first", "node-1");

        // A node that joins later runs its runs.
        var second = await stack.AddNodeAsync(
            "node-2",
            new NodeOptions { Labels = new Dictionary<string, string> { ["stromboli.dev/pool"] = "second" } },
            Cancelled
        );
        await RunAsync(stack, "second", "node-2");
        Assert.NotEqual(stack.Nodes[0].Machine.User, second.Machine.User);
        Assert.Contains(stack.Model.Requests(), request => request.ToJsonString().Contains(stack.ModelKey, StringComparison.Ordinal));

        // With a lease shorter than the interval of the first pings, the bridge once dropped each link after its second ping.
        await RunAsync(stack, "later", "node-1", prompt: "@sleep 5s\n@say done");
        Assert.Single(
            stack.Nodes[0].Bridge.ReadLog().Split('\n'),
            line => line.Contains("Connected to the operator", StringComparison.Ordinal)
        );

        // A cut link loses the node, a mended one brings it back.
        second.Link!.Cut();
        await Poll.UntilAsync("node-2 is not ready", Soon, async token => !await IsReadyAsync(stack, "node-2", token), Cancelled);
        second.Link.Mend();
        await Poll.UntilAsync("node-2 is ready again", Soon, token => IsReadyAsync(stack, "node-2", token), Cancelled);

        // A power failure ends everything on the node. It boots again with its disk.
        await second.Machine.CutPowerAsync(Cancelled);
        Assert.Empty(second.Machine.Processes.Processes());
        Assert.False(second.Bridge.IsRunning);
        await second.Machine.StartAsync(Cancelled);
        await second.Bridge.StartAsync(Cancelled);
        await RunAsync(stack, "third", "node-2");
    }

    [Fact]
    public async Task Stack_ProcessesKilledAndPaused_StartAgainAndGoOn()
    {
        await using var room = await RoomAsync();
        await using var stack = await Stack.StartAsync("restarts", cancellationToken: Cancelled);
        await stack.ControlPlane.ApiServer.KillAsync(Cancelled);
        await stack.ControlPlane.CrdServer!.KillAsync(Cancelled);
        await stack.Operator.KillAsync(Cancelled);
        await stack.Nodes[0].Bridge.KillAsync(Cancelled);
        await stack.Nodes[0].Machine.Podman.KillAsync(Cancelled);

        await stack.ControlPlane.StartAsync(Cancelled);
        await stack.Operator.StartAsync(Cancelled);
        await stack.Nodes[0].Machine.StartAsync(Cancelled);
        await stack.Nodes[0].Bridge.StartAsync(Cancelled);
        await RunAsync(stack, "after-kills", "node-1");

        stack.Operator.Pause();
        Assert.True(stack.Operator.IsRunning);
        stack.Operator.Resume();
        stack.Nodes[0].Machine.Freeze();
        stack.Nodes[0].Machine.Thaw();
        await RunAsync(stack, "after-pauses", "node-1");
    }

    // What is published is what is tested: each program is byte for byte the native executable of `make publish`.
    [Fact]
    public async Task Stack_Programs_AreThePublishedExecutables()
    {
        await using var scene = await stacks.SharedAsync(Cancelled);
        var stack = scene.Stack;

        Assert.Equal(
            await DigestAsync(Path.Combine(Repository.PublishOutput("src/Operator"), "Stromboli.Operator")),
            await DigestAsync($"/proc/{stack.Operator.Pid}/exe")
        );
        Assert.Equal(
            await DigestAsync(Path.Combine(Repository.PublishOutput("src/PodmanBridge"), "Stromboli.PodmanBridge")),
            await DigestAsync($"/proc/{stack.Nodes[0].Bridge.Pid}/exe")
        );
    }

    private static async Task<string> DigestAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, Cancelled));
    }

    private async Task<IAsyncDisposable> RoomAsync() => new Leaving(await stacks.EnterAsync(alone: false, Cancelled));

    private static async Task RunAsync(Stack stack, string name, string node, string prompt = "@say done")
    {
        await stack.Kubectl.ApplyAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata: {name: {{name}}}
            spec:
              prompt: {{JsonSerializer.Serialize(prompt)}}
              nodeName: {{node}}
            """,
            Cancelled
        );
        await Poll.UntilAsync($"{name} succeeds on {node}", Soon, SucceededAsync, Cancelled);

        async Task<bool> SucceededAsync(CancellationToken token)
        {
            var status = (await stack.Http.GetAsync($"/apis/stromboli.dev/v1alpha1/namespaces/default/agentruns/{name}", token))?["status"];
            Assert.NotEqual("Failed", status?["phase"]?.ToString());
            return status?["phase"]?.ToString() == "Succeeded" && status["nodeName"]?.ToString() == node;
        }
    }

    private static async Task<bool> IsReadyAsync(Stack stack, string node, CancellationToken cancellationToken)
    {
        var status = (await stack.Http.GetAsync($"/apis/stromboli.dev/v1alpha1/agentnodes/{node}", cancellationToken))?["status"];
        return status
                ?["conditions"]?.AsArray()
                .Any(condition => condition!["type"]!.ToString() == "Ready" && condition["status"]!.ToString() == "True")
            ?? false;
    }

    private sealed class Leaving(Func<ValueTask> leave) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => leave();
    }
}
