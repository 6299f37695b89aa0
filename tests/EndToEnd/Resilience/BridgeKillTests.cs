using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>kill -9 of the bridge: its agents go on, and the next bridge adopts them.</summary>
public sealed class BridgeKillTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const int LargeResults = 30;
    private const int LargeBytes = 32 * 1024;

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Bridge_KilledUnderAgents_SameContainersFinish()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        // One agent ends while there is no bridge, one writes all the time, one has a model call under way when the bridge dies.
        var absent = await scene.ApplyRunAsync(CountingAgent.Document(scene, "ends-meanwhile", $"{CountingAgent.UntilLetGo}; date +%s"));
        var writer = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "writes", "i=0; until [ -e go ]; do i=$((i+1)); echo line $i; sleep 0.05; done; echo last $i")
        );
        var prompt = scene.Unique(
            """
            @usage in=1000 out=10
            @bash echo first
            @sleep 4s
            @usage in=1000 out=10
            @bash echo second
            @usage in=1000 out=10
            @echo-result
            """
        );
        var claude = await scene.ApplyRunAsync(Claude("calls", prompt));
        RunHistory[] runs = [absent, writer, claude];
        await Task.WhenAll(runs.Select(run => run.RunningAsync()));
        await Poll.UntilAsync("the slow model call is under way", Poll.Timeout, () => CallsBegun(bridge, claude) == 2, Cancelled);
        var node = scene.NodeOf(absent);
        var before = await Task.WhenAll(runs.Select(run => node.ProcessesAsync(run.Uid)));

        await bridge.KillAsync();
        var back = Task.Delay(Away, Cancelled);
        await CountingAgent.LetGoAsync(scene, absent);
        await before[0].GoneAsync(Poll.Timeout);
        await back;
        var returned = DateTimeOffset.UtcNow;
        await bridge.StartAsync(Cancelled);
        var ended = (await absent.EndAsync()).Status;
        Assert.Equal(before[1].FirstPid, (await node.ProcessesAsync(writer.Uid)).FirstPid);
        await CountingAgent.LetGoAsync(scene, writer);
        await Task.WhenAll(runs.Select(run => run.EndAsync()));

        CountingAgent.AssertRanOnce(scene, absent);
        CountingAgent.AssertRanOnce(scene, writer);
        foreach (var run in runs)
        {
            Assert.Equal(1, await node.CreatedAsync(run.Uid));
        }
        // When the agent ended, not when the bridge came back.
        var said = DateTimeOffset.FromUnixTimeSeconds(long.Parse(ended.Result!.Text!.Split('\n')[0], CultureInfo.InvariantCulture));
        Assert.InRange(ended.CompletionTime!.Value, said - TimeSpan.FromSeconds(1), returned);
        Assert.InRange(ended.Usage!.Duration!.Value.Value!.Value, TimeSpan.Zero, returned - ended.StartTime!.Value);
        Assert.Equal(ended.CompletionTime - ended.StartTime, ended.Duration!.Value.Value);
        AssertWhole(writer.Last.Status.Result!.Text!);
        AssertUsage(claude);
    }

    [Fact]
    public async Task Bridge_KilledAtAnyMoment_EachAgentStartsOnceAndNothingStays()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Node = new NodeOptions { MaxRuns = 40 } }, alone: true);
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;

        var runs = await new Storm(scene, bridge, "Connected to the operator").RageAsync([0, 60, 120, 180, 250, 350, 500, 800], Cancelled);

        Assert.All(runs, run => CountingAgent.AssertRanOnce(scene, run));
        await Leftovers.GoneAfterDeletionAsync(scene, runs);
    }

    [Fact]
    public async Task Bridge_KilledWithManyLargeResultsKept_LinksAgainAndAgentsGoOn()
    {
        var scene = await OnPrivateStackAsync(
            new StackOptions
            {
                Node = new NodeOptions { MaxRuns = 12 },
                Operator = Terms.Short,
            }
        );
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        var through = await scene.ApplyRunAsync(CountingAgent.Document(scene, "through-it-all", CountingAgent.UntilLetGo));
        await through.RunningAsync();
        // In JSON each has 190 KiB. Together they exceed one message.
        for (var i = 0; i < LargeResults; i++)
        {
            await scene.Stack.Http.CreateAsync(scene.RunsPath, Large($"large-{i}"), Cancelled);
        }

        var ended = await Task.WhenAll(
            Enumerable.Range(0, LargeResults).Select(i => scene.Run($"large-{i}").EndAsync(TimeSpan.FromMinutes(3)))
        );
        Assert.All(ended, run => Assert.Equal(new string('\u0001', LargeBytes), run.Status.Result!.Text));

        await bridge.KillAsync();
        await scene.Stack.Operator.KillAsync();
        await scene.Stack.Operator.StartAsync(Cancelled);
        await bridge.StartAsync(Cancelled);

        // A run starts only over a link, and the other agent goes on only if nothing stopped it.
        await (await scene.ApplyRunAsync(CountingAgent.Document(scene, "after", "true"))).EndAsync();
        await CountingAgent.LetGoAsync(scene, through);
        await through.EndAsync();
        CountingAgent.AssertRanOnce(scene, scene.Run("after"));
        CountingAgent.AssertRanOnce(scene, through);
        Assert.Equal(1, await scene.NodeOf(through).CreatedAsync(through.Uid));
    }

    private static string Large(string name) =>
        new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["image"] = "registry.test/busybox:1",
                ["prompt"] = "-",
                ["output"] = new JsonObject { ["statusBytes"] = "32Ki" },
                ["agent"] = new JsonObject
                {
                    ["command"] = new JsonArray("sh", "-c", $"head -c {LargeBytes} /dev/zero | tr '\\0' '\\001'"),
                },
            },
        }.ToJsonString();

    private static string Claude(string name, string prompt) =>
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
            """;

    // The ledger has a line for a call before it is sent; the model's log has one only once it is answered.
    private static int CallsBegun(BridgeProcess bridge, RunHistory run)
    {
        var ledger = Path.Combine(bridge.StatePath, "attempts", $"{run.Uid}-1", "ledger.jsonl");
        return File.Exists(ledger)
            ? File.ReadLines(ledger).Select(line => JsonNode.Parse(line)!["id"]!.GetValue<int>()).DefaultIfEmpty().Max()
            : 0;
    }

    private static void AssertWhole(string text)
    {
        var lines = text.Split('\n').Where(line => line.StartsWith("line ", StringComparison.Ordinal)).ToList();
        Assert.Contains($"last {lines.Count}", text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(i => $"line {i}"), lines);
    }

    // The interrupted call had used nothing yet. It is made again, and every answer is counted.
    private static void AssertUsage(RunHistory claude)
    {
        var status = claude.Last.Status;
        Assert.True(status is { Phase: RunPhase.Succeeded, Result.Text: "second" }, claude.Last.ToString());
        Assert.Equal((3000L, 30L, 3), (status.Usage!.InputTokens, status.Usage.OutputTokens, status.Usage.Turns));
    }
}
