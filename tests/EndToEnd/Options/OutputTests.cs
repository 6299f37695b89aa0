using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Options;

/// <summary>What a run's result is: formats, and structured results.</summary>
public sealed class OutputTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Schema =
        """{"type": "object", "properties": {"name": {"type": "string"}, "stars": {"type": "integer"}}, "required": ["name"]}""";

    [Theory]
    [InlineData("output: {jsonSchema: SCHEMA}")]
    [InlineData("agent: {claude: {jsonSchema: SCHEMA}}")]
    public async Task Schema_ReachesTheModelAndTheResultIsStructured(string where)
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("""@structured {"name": "Stromboli é", "stars": 5}""");

        var run = await scene.ApplyRunAsync(Yaml("structured", prompt, where));
        var state = await run.EndAsync();

        Assert.Equal(RunReason.Completed, state.Reason);
        Assert.Equal("""{"name":"Stromboli é","stars":5}""", Compact(state.Json["status"]!["result"]!["structured"]!));
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(Schema)!["properties"],
                JsonNode.Parse(scene.ModelRequests(prompt)[0]["schema"]!.ToString())!["properties"]
            )
        );
    }

    [Fact]
    public async Task Schema_NoStructuredResult_IsAnError()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Yaml("unstructured", "@say I would rather not", "output: {jsonSchema: SCHEMA}"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
        Assert.Contains("jsonSchema", status.Message);
        Assert.Null(status.Result!.Structured);
    }

    [Fact]
    public async Task Schema_ResultTooLargeForStatus_IsInTheTextOnly()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Yaml("large", $$"""@structured {"name": "{{new string('x', 20_000)}}"}""", "output: {statusBytes: 1Ki, jsonSchema: SCHEMA}")
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.Completed, status.Reason);
        Assert.Contains("too large for status", status.Message);
        Assert.Null(status.Result!.Structured);
        Assert.True(status.Result.Truncated);
    }

    [Fact]
    public async Task OutputFormat_Json_IsTheClisResultEvent()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Yaml("json", "@say done", "agent: {claude: {outputFormat: json}}"));
        var envelope = JsonNode.Parse((await run.EndAsync()).Status.Result!.Text!)!;

        Assert.Equal(
            ("result", "done", run.Uid),
            (envelope["type"]!.ToString(), envelope["result"]!.ToString(), envelope["session_id"]!.ToString())
        );
    }

    [Fact]
    public async Task OutputFormat_JsonAndVerbose_IsEveryMessage()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Yaml("verbose", "@say done", "agent: {claude: {outputFormat: json, verbose: true}}\n  output: {statusBytes: 32Ki}")
        );
        var messages = JsonNode.Parse((await run.EndAsync()).Status.Result!.Text!)!.AsArray();

        Assert.Equal("init", messages[0]!["subtype"]!.ToString());
        Assert.Contains(messages, message => message!["type"]!.ToString() == "assistant");
        Assert.Equal("done", messages[^1]!["result"]!.ToString());
    }

    [Fact]
    public async Task InputFormat_StreamJson_IsMessagesOfTheUserWhichAreEchoed()
    {
        var scene = await OnSharedStackAsync();
        var message = new JsonObject
        {
            ["type"] = "user",
            ["message"] = new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "@say understood" }),
            },
        };

        var run = await scene.ApplyRunAsync(
            Yaml(
                "stream",
                message.ToJsonString(),
                "agent: {claude: {inputFormat: stream-json, outputFormat: stream-json, replayUserMessages: true}}\n  output: {statusBytes: 32Ki}"
            )
        );
        var lines = (await run.EndAsync())
            .Status.Result!.Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToList();

        Assert.Contains(
            lines,
            line => line["type"]!.ToString() == "user" && line.ToJsonString().Contains("@say understood", StringComparison.Ordinal)
        );
        Assert.Equal("understood", lines[^1]["result"]!.ToString());
    }

    [Theory]
    [InlineData("agent: {claude: {inputFormat: stream-json}}", "spec.prompt must have one JSON object per line")]
    [InlineData("agent: {claude: {settings: '{no json}'}}", "spec.agent.claude.settings must be a JSON object")]
    public async Task JsonThatTheApiServerDoesNotParse_IsRefusedByTheOperator(string what, string sentence)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Yaml("unparsed", "hi", what));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.InvalidSpec, null), (status.Phase, status.Reason, status.NodeName));
        Assert.StartsWith(sentence, status.Message);
    }

    private static string Yaml(string name, string prompt, string more) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: {{JsonSerializer.Serialize(prompt)}}
              {{more.Replace("SCHEMA", $"'{Schema}'", StringComparison.Ordinal)}}
            """;

    private static string Compact(JsonNode json) =>
        json.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
