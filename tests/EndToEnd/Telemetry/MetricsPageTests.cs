using System.Text.RegularExpressions;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.EndToEnd.Telemetry;

/// <summary>The pages of both programs after a run, read by Prometheus' own tool.</summary>
public sealed partial class MetricsPageTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Pages_AfterARun_AreCleanForPromtoolAndCountTheRun()
    {
        Assert.SkipUnless(Artefacts.Promtool.Exists, "The package archive has no promtool, so nothing judges the pages.");
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "counted", "true"));
        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Status.Phase);
        var node = scene.NodeOf(run).Node;

        var ofOperator = await PageAsync(scene.Stack.Operator.HealthUrl);
        var ofBridge = await PageAsync(HealthOf(node.Bridge.ReadLog()));

        await AssertIsCleanAsync(ofOperator);
        await AssertIsCleanAsync(ofBridge);
        // Other cases run on the shared stack, too.
        AssertCounts(ofOperator, """stromboli_runs_finished_total{outcome="Succeeded",reason="Completed"}""");
        AssertCounts(ofOperator, """stromboli_queue_wait_seconds_count{}""");
        AssertCounts(ofOperator, """workqueue_adds_total{controller="runs",name="runs"}""");
        AssertCounts(ofOperator, """controller_runtime_reconcile_total{controller="runs",result="success"}""");
        AssertCounts(ofOperator, """leader_election_master_status{name="stromboli-operator"}""");
        Assert.Matches("""(?m)^rest_client_requests_total\{code="200",host="[^"]+",method="GET"\} [1-9]""", ofOperator);
        AssertCounts(ofBridge, """stromboli_bridge_attempts_ended_total{reason="Completed"}""");
        AssertCounts(ofBridge, """stromboli_attempt_start_seconds_count{phase="total"}""");
        AssertCounts(ofBridge, """stromboli_gateway_requests_allowed_total{gateway="model"}""");
        AssertCounts(ofBridge, """podman_client_duration_seconds_count{operation="POST containers/create",outcome="success"}""");
        Assert.Contains("""gen_ai_request_model="other",""", ofBridge);
        // The agent called a model whose name it made up, and its namespace is its tenant's choice.
        Assert.All(CountingAgent.Starts(scene, run), model => Assert.DoesNotContain(model, ofBridge));
        Assert.DoesNotContain(scene.Namespace, ofBridge);
        Assert.DoesNotContain(run.Uid, ofOperator + ofBridge);

        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri($"{HealthOf(node.Bridge.ReadLog())}/readyz"), Cancelled));
    }

    private static async Task<string> PageAsync(string address)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{address}/metrics"), Cancelled);
    }

    private static void AssertCounts(string page, string series) => Assert.Matches($@"(?m)^{Regex.Escape(series)} ([1-9]|0\.\d)", page);

    private static async Task AssertIsCleanAsync(string page)
    {
        var judged = await Command.RunAsync(Artefacts.Promtool.At("promtool"), ["check", "metrics"], page, cancellationToken: Cancelled);
        Assert.True(judged.ExitCode == 0 && judged.Output.Trim().Length == 0, $"promtool: {judged.Output}\n{page}");
    }

    // The bridges of the shared stack take a free port.
    private static string HealthOf(string log) => Listening().Matches(log).Last().Groups["address"].Value;

    [GeneratedRegex("Serving health and metrics at (?<address>http://[0-9.:]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
