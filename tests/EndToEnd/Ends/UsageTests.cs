using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Ends;

/// <summary>
/// Usage and cost survive every end. An agent that has received one whole answer and the beginning of an endless second one is ended in
/// each way.
/// </summary>
public sealed class UsageTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Script = """
        @usage in=1000 out=10
        @bash BACKGROUND
        @usage in=500 out=20
        @stall
        """;

    [Theory]
    [InlineData("cancel", RunReason.Cancelled)]
    [InlineData("suspend", RunReason.Suspended)]
    [InlineData("timeout", RunReason.TimedOut)]
    [InlineData("kill", RunReason.Crashed)]
    public async Task Usage_EndedMidStream_IsWhatTheModelHadReported(string how, RunReason reason)
    {
        var scene = await OnSharedStackAsync();
        var run = await StartAsync(scene, how);

        if (how is "cancel" or "suspend")
        {
            await scene.PatchAsync(run, $"spec: {{{how}: true}}");
        }

        var state = await run.ReasonAsync(reason);

        AssertUsage(state.Status, streams: 1);
        Assert.Equal(reason, state.Status.Attempts!.Single().Reason);
        Assert.Equal(Money(1), decimal.Parse(state.Status.Attempts!.Single().CostUSD!, CultureInfo.InvariantCulture));
        if (reason != RunReason.Suspended)
        {
            return;
        }

        // Usage stays in the run's status, whatever happens to the run.
        await scene.PatchAsync(run, "spec: {cancel: true}");
        AssertUsage((await run.EndAsync()).Status, streams: 1);
    }

    [Fact]
    public async Task Usage_BridgeKilledMidStream_IsNotLost()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var run = await StartAsync(scene, "cancel");
        var bridge = scene.NodeOf(run).Node.Bridge;

        await bridge.KillAsync(Cancelled);
        await bridge.StartAsync(Cancelled);
        // The CLI asks again and receives the beginning of an answer again.
        await Poll.UntilAsync("the next answer has begun", Poll.Timeout, () => Begun(scene, run) >= 3, Cancelled);
        await scene.PatchAsync(run, "spec: {cancel: true}");
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Cancelled, 1), (end.Phase, end.Status.Attempt));
        AssertUsage(end.Status, streams: Begun(scene, run) - 1);
    }

    [Fact]
    public async Task Usage_OfAnAgentThatTheNextBridgeCannotAdopt_IsKeptAndTheAgentIsStopped()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var run = await StartAsync(scene, "cancel");
        var bridge = scene.NodeOf(run).Node.Bridge;
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        // The shim is stopped and does not answer the next bridge.
        await bridge.KillAsync(Cancelled);
        (await Command.RunAsync("kill", ["-STOP", $"{processes.FirstPid}"], cancellationToken: Cancelled)).OrThrow("kill");
        await bridge.StartAsync(Cancelled);
        var end = await run.EndAsync();

        Assert.Empty(processes.Inside());
        await processes.GoneAsync(Poll.Timeout);
        Assert.Equal((RunPhase.Failed, RunReason.Crashed), (end.Phase, end.Reason));
        AssertUsage(end.Status, streams: 1);
    }

    private static async Task<RunHistory> StartAsync(Scene scene, string how)
    {
        var script = Script.Replace(
            "BACKGROUND",
            how == "kill" ? "parent=$PPID; (until [ -e /workspace/now ]; do sleep 0.1; done; kill -9 $parent) > /dev/null 2>&1 &" : "true",
            StringComparison.Ordinal
        );
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: spends
            spec:
              prompt: |
                {{script.ReplaceLineEndings("\n    ")}}
              timeout: {{(how == "timeout" ? "15s" : "10m")}}
              agent:
                claude:
                  model: claude-sonnet-4-20250514
                  dangerouslySkipPermissions: true
            """
        );
        await run.RunningAsync();
        await Poll.UntilAsync("the second answer has begun", Poll.Timeout, () => Begun(scene, run) == 2, Cancelled);
        if (how == "kill")
        {
            await scene.NodeOf(run).ExecAsync(run.Uid, "/bin/touch", "/workspace/now");
        }

        return run;
    }

    // Requests whose answer is at least partly known.
    private static int Begun(Scene scene, RunHistory run)
    {
        var ledger = Path.Combine(scene.NodeOf(run).Node.Bridge.StatePath, "attempts", $"{run.Uid}-1", "ledger.jsonl");
        return File.Exists(ledger)
            ? File.ReadLines(ledger)
                .Select(line => JsonNode.Parse(line)!)
                .Where(line => line["usage"]?["input"]?.GetValue<long>() > 0)
                .Select(line => line["id"]!.GetValue<int>())
                .Distinct()
                .Count()
            : 0;
    }

    private static void AssertUsage(AgentRunStatus status, int streams)
    {
        var usage = status.Usage;
        // The beginning of an answer reports one output token.
        Assert.Equal((1000L + (500 * streams), 10L + streams), (usage?.InputTokens, usage?.OutputTokens));
        Assert.Equal(Money(streams), decimal.Parse(usage!.CostUSD!, CultureInfo.InvariantCulture));
    }

    // 3 and 15 dollars per million.
    private static decimal Money(int streams) => (((1000 + (500 * streams)) * 3m) + ((10 + streams) * 15m)) / 1_000_000;
}
