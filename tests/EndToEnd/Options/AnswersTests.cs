using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Options;

/// <summary>
/// A run whose CLI reports several results: a command in the background ends after the first result, and the CLI asks the model once more.
/// </summary>
public sealed class AnswersTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // The command ends once the first answer is in the conversation, so that the case does not depend on timing.
    private const string Prompt = """
        @bash until grep -qs '"text":"the long report"' ~/.claude/projects/*/*.jsonl; do sleep 0.2; done; sleep 1; echo late
        @say the long report
        """;

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task CommandInTheBackground_BothAnswersAndTheirTurnsCount(string format)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: two-answers
            spec:
              prompt: {{JsonSerializer.Serialize(Prompt)}}
              env: [{name: BASH_DEFAULT_TIMEOUT_MS, value: "1000"}]
              agent: {claude: {dangerouslySkipPermissions: true, outputFormat: {{format}} } }
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.Completed, status.Reason);
        var text = status.Result!.Text!;
        var document = format == "json" ? JsonNode.Parse(text)! : null;
        Assert.Equal("the long report\n\nOK", document is null ? text : document["result"]!.ToString());
        Assert.Equal(3, status.Usage!.Turns);
        Assert.Equal(3, document is null ? 3 : (int)document["num_turns"]!);
        Assert.NotEqual(true, status.Result.Truncated);
    }
}
