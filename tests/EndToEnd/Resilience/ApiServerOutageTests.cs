using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>The API server goes away while agents run: none is stopped, and every end is stored when it is back.</summary>
public sealed class ApiServerOutageTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ApiServer_AwayForAMinute_AllFinishAndAllEndsAreStored()
    {
        // The leader has the default lease: it loses the lead and ends, as a pod does, and its kubelet starts it again.
        var scene = await OnPrivateStackAsync(new StackOptions());
        var (stack, plane) = (scene.Stack, scene.Stack.ControlPlane);
        var early = await scene.ApplyRunAsync(CountingAgent.Document(scene, "ends-early", $"{CountingAgent.UntilLetGo}; date +%s"));
        var late = await scene.ApplyRunAsync(CountingAgent.Document(scene, "ends-late", $"{CountingAgent.UntilLetGo}; date +%s"));
        var after = await scene.ApplyRunAsync(CountingAgent.Document(scene, "ends-after", CountingAgent.UntilLetGo));
        var prompt = scene.Unique("@sleep 30s\n@usage in=1000 out=10\n@bash echo through\n@usage in=1000 out=10\n@echo-result");
        var claude = await scene.ApplyRunAsync(Claude(prompt));
        RunHistory[] runs = [early, late, after, claude];
        await Task.WhenAll(runs.Select(run => run.RunningAsync()));
        var node = scene.NodeOf(early);

        await Task.WhenAll(plane.ApiServer.KillAsync(), plane.CrdServer?.KillAsync() ?? Task.CompletedTask);
        await stack.Operator.WhileAsync(Outages(scene, early, late));
        var back = DateTimeOffset.UtcNow;
        await stack.Operator.WhileAsync(BackAsync(plane));
        var stored = Task.WhenAll(early.EndAsync(), late.EndAsync(), claude.EndAsync());
        await stack.Operator.WhileAsync(stored);
        await CountingAgent.LetGoAsync(scene, after);
        await stack.Operator.WhileAsync(after.EndAsync());

        foreach (var run in (RunHistory[])[early, late, after])
        {
            CountingAgent.AssertRanOnce(scene, run);
        }

        AssertEndedAsItSays(early, back);
        AssertEndedAsItSays(late, back);
        Assert.True(
            claude.Last.Status is { Phase: RunPhase.Succeeded, Attempt: 1, Usage: { InputTokens: 2000, OutputTokens: 20 } },
            claude.Last.ToString()
        );
        foreach (var run in runs)
        {
            Assert.Equal(1, await node.CreatedAsync(run.Uid));
        }
    }

    private static async Task Outages(Scene scene, RunHistory early, RunHistory late)
    {
        var over = Task.Delay(Outage, Cancelled);
        await CountingAgent.LetGoAsync(scene, early);
        await Task.Delay(Outage * 2 / 3, Cancelled);
        await CountingAgent.LetGoAsync(scene, late);
        await over;
    }

    private static async Task BackAsync(Testbed.Kube.ControlPlane plane)
    {
        await plane.ApiServer.StartAsync(Cancelled);
        await (plane.CrdServer?.StartAsync(Cancelled) ?? Task.CompletedTask);
    }

    private static void AssertEndedAsItSays(RunHistory run, DateTimeOffset back)
    {
        var said = run
            .Last.Status.Result!.Text!.Split('\n')
            .Where(line => line.All(char.IsAsciiDigit) && line.Length > 0)
            .Select(line => long.Parse(line, CultureInfo.InvariantCulture))
            .Single();
        var ended = run.Last.Status.CompletionTime!.Value;
        Assert.InRange(ended, DateTimeOffset.FromUnixTimeSeconds(said - 1), DateTimeOffset.FromUnixTimeSeconds(said + 1));
        Assert.True(ended < back, $"{run.Name} ended at {ended:O}, not before {back:O}");
    }

    private static string Claude(string prompt) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: calls
            spec:
              prompt: |
                {{prompt.ReplaceLineEndings("\n    ")}}
              agent:
                claude: {dangerouslySkipPermissions: true}
            """;
}
