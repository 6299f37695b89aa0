using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Options;

/// <summary>
/// Conversations that continue, and options with which the real CLI ends before it starts a conversation, without a model request.
/// </summary>
public sealed class ConversationTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Id = "3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f";

    [Fact]
    public async Task Continue_WithoutAConversation_StartsOneAndReportsItsId()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Yaml(
                "continued",
                ClaudeOptionsTests.Arguments + "\n@echo-result",
                "continue: true, tools: [Bash], dangerouslySkipPermissions: true, outputFormat: stream-json"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.Completed, status.Reason);
        var stream = ClaudeOptionsTests.Lines(status);
        var id = Assert.Single(stream, line => line["subtype"]?.ToString() == "init")["session_id"]!.ToString();
        Assert.Equal(id, status.SessionID);
        Assert.NotEqual(run.Uid, id);
        var arguments = stream[^1]["result"]!.ToString().Split('\n');
        Assert.Contains("--continue", arguments);
        Assert.DoesNotContain(arguments, argument => argument.StartsWith("--session-id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Continue_WithAFork_HasTheChosenId()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Yaml(
                "forked",
                ClaudeOptionsTests.Arguments + "\n@echo-result",
                $"continue: true, forkSession: true, sessionID: {Id}, tools: [Bash], dangerouslySkipPermissions: true"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunReason.Completed, Id), (status.Reason, status.SessionID));
        Assert.Contains($"--continue\n--fork-session\n--session-id={Id}\n", status.Result!.Text);
    }

    [Fact]
    public async Task Resume_ConversationNotInHome_IsSessionLostBeforeAnythingIsSpent()
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("@say never");

        var run = await scene.ApplyRunAsync(Yaml("resumed", prompt, $"resume: true, sessionID: {Id}"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.SessionLost, null, 1), (status.Phase, status.Reason, status.SessionID, status.ExitCode));
        Assert.StartsWith($"There is no conversation {Id} in the run's HOME", status.Message);
        Assert.Contains(Id, status.Result!.Text);
        Assert.Empty(scene.ModelRequests(prompt));
    }

    // The CLI's error names the copy, by the run's UID.
    [Fact]
    public async Task Resume_WithAFork_NamesTheCopyByTheRun()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Yaml("copied", "@say never", $"resume: true, forkSession: true, sessionID: {Id}, outputFormat: json")
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunReason.SessionLost, null), (status.Reason, status.SessionID));
        Assert.Equal(run.Uid, JsonNode.Parse(status.Result!.Text!)!["session_id"]!.ToString());
    }

    [Fact]
    public async Task Files_ReachTheCli_WhichCannotDownloadThem()
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("@say never");

        var run = await scene.ApplyRunAsync(Yaml("files", prompt, "files: ['file_abc:docs/plan.md', 'file_d:--x']"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
        Assert.StartsWith("The CLI exited with 1 before it began, as it does for agent.claude.files", status.Message);
        Assert.Contains("Session token required for file downloads", await ClaudeOptionsTests.LogAsync(scene, run));
        Assert.Empty(scene.ModelRequests(prompt));
    }

    [Fact]
    public async Task ExtraArgs_NotAllowed_ArePolicyDeniedWithoutANode()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Yaml("denied", "@say never", "extraArgs: [--brief]"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied, null), (status.Phase, status.Reason, status.NodeName));
        Assert.Equal(
            "spec.agent.claude.extraArgs is not allowed: remove it, or start the operator with --allow-extra-args.",
            status.Message
        );
    }

    [Fact]
    public async Task ExtraArgs_Allowed_AreTheLastArguments()
    {
        var scene = await OnPrivateStackAsync(new() { Operator = new() { ExtraArguments = ["--allow-extra-args"] } });

        var run = await scene.ApplyRunAsync(
            Yaml(
                "extra",
                ClaudeOptionsTests.Arguments + "\n@echo-result",
                "debug: hooks, tools: [Bash], dangerouslySkipPermissions: true, outputFormat: stream-json, extraArgs: ['--name=--model=haiku', '--include-hook-events']"
            )
        );
        var status = (await run.EndAsync()).Status;
        var unknown = await scene.ApplyRunAsync(Yaml("unknown", "@say never", "extraArgs: ['--no-such-option=x']"));
        var failed = (await unknown.EndAsync()).Status;

        Assert.Equal((RunReason.Completed, run.Uid), (status.Reason, status.SessionID));
        var stream = ClaudeOptionsTests.Lines(status);
        Assert.EndsWith("--debug-to-stderr\n--name=--model=haiku\n--include-hook-events", stream[^1]["result"]!.ToString());
        Assert.Equal(
            "--model=haiku",
            Assert.Single(stream, line => line["subtype"]?.ToString() == "session_title_changed")["title"]!.ToString()
        );
        Assert.Equal(RunReason.AgentError, failed.Reason);
        Assert.StartsWith("The CLI exited with 1 before it began, as it does for an option of agent.claude.extraArgs", failed.Message);
        Assert.Contains("unknown option '--no-such-option=x'", await ClaudeOptionsTests.LogAsync(scene, unknown));
    }

    private static string Yaml(string name, string prompt, string options) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: {{System.Text.Json.JsonSerializer.Serialize(prompt)}}
              agent:
                claude: { {{options}} }
              output: {statusBytes: 32Ki}
            """;
}
