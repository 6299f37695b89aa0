using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Telemetry;

/// <summary>What operator and bridge send to a collector, and their logs in JSON.</summary>
public sealed class TraceTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Operator = "stromboli-operator";
    private const string Bridge = "stromboli-bridge";

    [Fact]
    public async Task Run_OperatorKilledMeanwhile_IsOneWholeTraceAndInTheJsonLogs()
    {
        await using var receiver = new OtlpReceiver();
        var scene = await OnPrivateStackAsync(Options(receiver));
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "traced", CountingAgent.UntilLetGo, "lifecycle", """{"onCreate": ["true"]}""")
        );
        await run.RunningAsync();
        var trace = Guid.Parse(run.Uid).ToString("N");
        // What the operator knew only before it was killed has left it, and the agent's request is over.
        await UntilAsync(receiver, trace, "queue", "schedule", "chat");

        await scene.Stack.Operator.KillAsync(Cancelled);
        await scene.Stack.Operator.StartAsync(Cancelled);
        await CountingAgent.LetGoAsync(scene, run);
        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Status.Phase);
        await UntilAsync(receiver, trace, "run", "attempt", "agent", "end");

        AssertIsOneTrace(receiver, trace, run);
        await Poll.UntilAsync(
            "metrics of both programs arrive",
            Poll.Timeout,
            () =>
                receiver.Metrics.Contains((Operator, "stromboli.runs.finished"))
                && receiver.Metrics.Contains((Bridge, "stromboli.bridge.attempts.ended"))
                && receiver.Metrics.Contains((Bridge, "gen_ai.client.operation.duration")),
            Cancelled
        );
        Assert.Empty(receiver.Problems);
        AssertLogs(scene.Stack.Operator.ReadLog(), run);
        AssertLogs(scene.Stack.Nodes[0].Bridge.ReadLog(), run);
    }

    private static StackOptions Options(OtlpReceiver receiver) =>
        new()
        {
            Node = new NodeOptions { Environment = receiver.Environment, ExtraArguments = ["--log-format", "json"] },
            Operator = Terms.Short with { Environment = receiver.Environment, ExtraArguments = ["--log-format", "json"] },
        };

    private static Task UntilAsync(OtlpReceiver receiver, string trace, params string[] names) =>
        Poll.UntilAsync(
            $"the collector has the spans {string.Join(", ", names)} of trace {trace}",
            Poll.Timeout,
            () => names.All(name => receiver.Spans.Any(span => span.TraceID == trace && span.Name == name)),
            Cancelled
        );

    private static void AssertIsOneTrace(OtlpReceiver receiver, string trace, RunHistory run)
    {
        var spans = receiver.Spans.Where(span => span.TraceID == trace).ToList();
        var byID = spans.ToDictionary(span => span.SpanID);
        var root = Assert.Single(spans, span => span.Name == "run");
        Assert.Equal(("", Operator), (root.ParentID, root.Service));
        Assert.Equal((run.Uid, run.Name), (root.Attributes["stromboli.run.uid"], root.Attributes["stromboli.run.name"]));
        Assert.Contains("Succeeded True", root.Events);
        Assert.False(root.IsError);
        // No span is an orphan.
        Assert.All(spans, span => Assert.True(span == root || byID.ContainsKey(span.ParentID), $"{span} has no parent"));

        (string Name, string Service, string Parent)[] expected =
        [
            ("queue", Operator, "run"),
            ("schedule", Operator, "run"),
            ("attempt", Operator, "run"),
            ("write status", Operator, "attempt"),
            ("prepare", Bridge, "attempt"),
            ("pull", Bridge, "prepare"),
            ("create and start", Bridge, "prepare"),
            ("POST containers/create", Bridge, "create and start"),
            ("POST containers/start", Bridge, "create and start"),
            ("release", Bridge, "attempt"),
            ("hooks", Bridge, "attempt"),
            ("agent", Bridge, "attempt"),
            ("chat", Bridge, "agent"),
            ("end", Bridge, "attempt"),
        ];
        Assert.All(
            expected,
            e => Assert.Contains(spans, span => span.Name == e.Name && span.Service == e.Service && byID[span.ParentID].Name == e.Parent)
        );
        // The kinds of a request to the API server and of the statuses that were written.
        Assert.Contains(spans, span => span.Name == "update agentruns/status" && byID[span.ParentID].Name == "write status");
        // Nothing that is not about a run was sent.
        Assert.All(receiver.Spans, span => Assert.Equal(trace, span.TraceID));

        var chat = spans.First(span => span.Name == "chat");
        Assert.Equal("anthropic", chat.Attributes["gen_ai.provider.name"]);
        Assert.True(chat.Attributes.ContainsKey("gen_ai.usage.input_tokens"), string.Join(", ", chat.Attributes.Keys));
        Assert.Equal("200", chat.Attributes["http.response.status_code"]);
        // Neither prompt nor answer: of what the agent said there is only the model's name.
        Assert.DoesNotContain(chat.Attributes, pair => pair.Value.Contains(run.Name, StringComparison.Ordinal));
        var agent = Assert.Single(spans, span => span.Name == "agent");
        // The bridge learns a moment later than the gateway that the agent has started or ended, so the two only overlap for certain.
        Assert.All(spans.Where(span => span.Name == "chat"), span => Assert.True(span.Start < agent.End, $"{span} begins after {agent}"));
        Assert.All(spans, span => Assert.True(span.Start >= root.Start && span.End > span.Start, span.ToString()));
    }

    private static void AssertLogs(string log, RunHistory run)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.All(
            lines,
            line =>
            {
                Assert.True(DateTimeOffset.TryParse(line["time"]!.ToString(), out _));
                Assert.Contains(line["level"]!.ToString(), new[] { "trace", "debug", "info", "warn", "error", "fatal" });
                Assert.NotEmpty(line["category"]!.ToString());
                Assert.NotEmpty(line["message"]!.ToString());
            }
        );
        var about = lines
            .Where(line => line["message"]!.ToString() is var text && (text.Contains(run.Name) || text.Contains(run.Uid)))
            .ToList();
        Assert.NotEmpty(about);
        Assert.All(about, line => Assert.Equal(run.Uid, line["run"]?.ToString()));
    }
}
