using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>
/// <c>spec.budget</c> against agents that try to spend more: a run exceeds a cap by one answer at most, whatever the agent does and
/// whatever happens to the bridge.
/// </summary>
public sealed class BudgetTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Model = "claude-sonnet-4-20250514";

    // An answer has 100 input tokens and 900 output tokens: a thousand, or 0.0138 dollars.
    private const string Script = "@usage in=100 out=900";
    private const int Answer = 1000;
    private const decimal AnswerUSD = 0.0138m;

    // One call of the model with the body in the environment.
    private const string Call =
        """wget -q -O /dev/null --header 'Content-Type: application/json' --post-data "$BODY" $ANTHROPIC_BASE_URL/v1/messages""";

    [Theory]
    [InlineData("maxTokens", "5000", 5)]
    [InlineData("maxTokens", "4500", 5)]
    [InlineData("maxCostUSD", "\"0.05\"", 4)]
    public async Task TwentyRequestsAtOnce_ExceedTheCapByLessThanOneAnswer(string cap, string value, int answers)
    {
        var scene = await OnSharedStackAsync();
        var prompt = $"{Script}\n@sleep 300ms\n@say {scene.Namespace}";

        var run = await scene.ApplyRunAsync(
            Document("at-once", prompt, $"i=0; while [ $i -lt 20 ]; do {Call} & i=$((i+1)); done; wait; sleep 60", cap, value)
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded), (status.Phase, status.Reason));
        Assert.Equal(answers, scene.ModelRequests(prompt).Count);
        Assert.Equal((answers * Answer, answers * AnswerUSD), (status.Usage!.TotalTokens, Money(status.Usage.CostUSD)));
        Assert.Equal((answers * Answer, answers * AnswerUSD), (status.Budget!.Tokens, Money(status.Budget.CostUSD)));
    }

    [Fact]
    public async Task HangUpsMidStream_CountWithTheirWorstCase()
    {
        var scene = await OnSharedStackAsync();
        var prompt = $"{Script}\n@stall {scene.Namespace}";
        // Several processes send a new request as soon as they have closed the last one.
        var loop = $"while :; do timeout -s KILL 1 {Call}; done";

        var run = await scene.ApplyRunAsync(
            Document("hangs-up", prompt, $"for i in 1 2 3 4 5 6 7 8; do {loop} & done; wait", "maxTokens", "5000", stream: true)
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded), (status.Phase, status.Reason));
        // Each may have used a thousand tokens, and at most as many input tokens as its body has bytes. The same holds for requests that
        // were closed before the model logged them.
        Assert.InRange(scene.ModelRequests(prompt).Count, 1, 5);
        Assert.InRange(status.Budget!.Tokens!.Value, 5000, 5000 + Answer + 300);
        // The beginning of each answer is known, unless the end of the run cut the request before that.
        Assert.Equal(0, status.Usage!.TotalTokens % 101);
        Assert.InRange(status.Usage.TotalTokens!.Value, 0, scene.ModelRequests(prompt).Count * 101L);
    }

    [Fact]
    public async Task BridgeKilledRepeatedly_TheCapHolds()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var bridge = scene.Stack.Nodes[0].Bridge;
        var prompt = $"{Script}\n@sleep 300ms\n@say {scene.Namespace}";
        var run = await scene.ApplyRunAsync(
            Document("survives", prompt, $"for i in 1 2 3; do (while :; do {Call} || sleep 0.1; done) & done; wait", "maxTokens", "20000")
        );
        await run.RunningAsync();

        foreach (var delay in (int[])[150, 400, 700])
        {
            var answered = scene.ModelRequests(prompt).Count;
            await Poll.UntilAsync(
                "it spends",
                Poll.Timeout,
                () => scene.ModelRequests(prompt).Count > answered || run.Last.IsFinished,
                Cancelled
            );
            await Task.Delay(delay, Cancelled);
            await bridge.KillAsync(Cancelled);
            await bridge.StartAsync(Cancelled);
        }

        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded, 1), (status.Phase, status.Reason, status.Attempt));
        // By the model's own count, which is independent of any bridge. Broken requests count as if they had been answered.
        Assert.InRange(scene.ModelRequests(prompt).Count * Answer, Answer, 20000 + Answer);
        Assert.InRange(status.Budget!.Tokens!.Value, 20000, 20000 + Answer + 300);
    }

    [Fact]
    public async Task Prices_OfTheOperatorsTable_SetTheCostAndUnpricedModelsAreRefusedUnderACap()
    {
        var table = Path.Combine(Path.GetTempPath(), $"prices-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(
            table,
            """{"taken":"2026-02-03","source":"a test","models":[{"model":"house-model-*","input":7,"output":11,"cacheRead":1,"cacheWrite":8,"cacheWriteHour":14}]}""",
            Cancelled
        );
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = new() { ExtraArguments = ["--prices", table] } });
        File.Delete(table);
        Assert.Contains("as of 2026-02-03", scene.Stack.Operator.ReadLog(), StringComparison.Ordinal);
        var (priced, unpriced, uncapped) = (
            scene.Unique("@usage in=1000 out=100\n@say priced"),
            scene.Unique("@say unpriced"),
            scene.Unique("@usage in=1000 out=100\n@say uncapped")
        );

        var known = await scene.ApplyRunAsync(Claude("known", priced, "house-model-2", "maxCostUSD: \"1.00\""));
        var unknown = await scene.ApplyRunAsync(Claude("unknown", unpriced, Model, "maxCostUSD: \"1.00\""));
        var free = await scene.ApplyRunAsync(Claude("free", uncapped, Model, "maxTokens: 100000"));
        await Task.WhenAll(known.EndAsync(), unknown.EndAsync(), free.EndAsync());

        Assert.Equal((RunPhase.Succeeded, 0.0081m), (known.Last.Phase, Money(known.Last.Status.Usage!.CostUSD)));
        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded), (unknown.Last.Phase, unknown.Last.Reason));
        Assert.Contains($"the operator has no price for {Model}", unknown.Last.Status.Message, StringComparison.Ordinal);
        Assert.Empty(scene.ModelRequests(unpriced));
        // Without a cap on cost it runs, and reports no cost.
        Assert.Equal(
            (RunPhase.Succeeded, 1100L, null),
            (free.Last.Phase, free.Last.Status.Usage!.TotalTokens, free.Last.Status.Usage.CostUSD)
        );
    }

    private static decimal Money(string? text) => decimal.Parse(text!, CultureInfo.InvariantCulture);

    private static string Document(string name, string prompt, string work, string cap, string value, bool stream = false) =>
        new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["image"] = "registry.test/busybox:1",
                ["prompt"] = "not read",
                ["env"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "BODY",
                        ["value"] = new JsonObject
                        {
                            ["model"] = Model,
                            ["max_tokens"] = 900,
                            ["stream"] = stream,
                            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
                        }.ToJsonString(),
                    }
                ),
                ["agent"] = new JsonObject { ["command"] = new JsonArray("sh", "-c", work) },
                ["budget"] = new JsonObject { [cap] = JsonNode.Parse(value) },
            },
        }.ToJsonString();

    private static string Claude(string name, string prompt, string model, string budget) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: |
                {{prompt.ReplaceLineEndings("\n    ")}}
              agent:
                claude: {model: {{model}}}
              budget: {{{budget}}}
            """;
}
