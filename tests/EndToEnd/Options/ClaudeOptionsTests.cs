using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Options;

/// <summary>The options of the CLI: what the real CLI reports, what its processes have, and what the model receives.</summary>
public sealed class ClaudeOptionsTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // The CLI's own arguments, as its children see them, through a tool that the CLI's budget, turns and permissions allow.
    // Truncated: the complete settings, in the parts of a stream, would leave no room in the result.
    internal const string Arguments = """@bash tr '\0' '\n' < /proc/$PPID/cmdline | cut -c1-120""";

    [Fact]
    public async Task EveryFlag_IsAnArgumentAndTheCliReportsIt()
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique(Arguments + "\n@echo-result");

        var run = await scene.ApplyRunAsync(
            $$$$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: everything
            spec:
              prompt: "{{{{prompt.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)}}}}"
              agent:
                claude:
                  model: sonnet
                  fallbackModel: haiku
                  effort: low
                  systemPrompt: --version
                  appendSystemPrompt: --help
                  tools: [Bash, Read]
                  allowedTools: [Bash, "Read(/etc/**)"]
                  disallowedTools: [WebFetch]
                  permissionMode: acceptEdits
                  dangerouslySkipPermissions: false
                  allowDangerouslySkipPermissions: true
                  includePartialMessages: true
                  maxBudgetUSD: "0.500000000001"
                  maxTurns: 7
                  mcpConfigs: ['{"mcpServers": {"nothing": {"command": "/bin/false"}}}']
                  strictMcpConfig: true
                  agent: reviewer
                  agents: '{"reviewer": {"description": "Reviews", "prompt": "You review."}}'
                  addDirs: [/usr/share/doc]
                  pluginDirs: [/usr/share/doc]
                  settings: '{"outputStyle": "Explanatory"}'
                  settingSources: [user, project]
                  betas: [context-1m-2025-08-07]
                  debug: hooks
                  disableSlashCommands: true
                  noPersistence: true
                  promptCachingTTL: 1h
                  outputFormat: stream-json
                  sessionID: {{{{Session}}}}
              output:
                statusBytes: 32Ki
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunReason.Completed, Session), (status.Reason, status.SessionID));
        var stream = Lines(status);
        var init = Assert.Single(stream, line => line["subtype"]?.ToString() == "init");
        Assert.Equal(
            ("claude-sonnet-5-5", "acceptEdits", "Explanatory", Session),
            (
                init["model"]!.ToString(),
                init["permissionMode"]!.ToString(),
                init["output_style"]!.ToString(),
                init["session_id"]!.ToString()
            )
        );
        Assert.Equal(["Bash", "Read"], Words(init["tools"]));
        Assert.Equal(["nothing"], init["mcp_servers"]!.AsArray().Select(server => server!["name"]!.ToString()));
        Assert.Contains("reviewer", Words(init["agents"]));
        Assert.Empty(init["slash_commands"]!.AsArray());
        Assert.Equal(["context-1m-2025-08-07"], Words(init["betas"]));
        Assert.Contains(stream, line => line["type"]?.ToString() == "stream_event");
        var arguments = stream[^1]["result"]!.ToString().TrimEnd('\n').Split('\n');
        // With the settings that fix the model's address (SettingsFilesTests).
        var settings = arguments.Where(argument => argument.StartsWith("--settings=", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                "/opt/stromboli/claude/claude",
                "-p",
                "--input-format=text",
                "--output-format=stream-json",
                "--verbose",
                $"--session-id={Session}",
                "--model=sonnet",
                "--fallback-model=haiku",
                "--effort=low",
                "--system-prompt=--version",
                "--append-system-prompt=--help",
                "--betas=context-1m-2025-08-07",
                "--max-budget-usd=0.500000000001",
                "--max-turns=7",
                "--tools=Bash",
                "--tools=Read",
                "--allowedTools=Bash",
                "--allowedTools=Read(/etc/**)",
                "--disallowedTools=WebFetch",
                "--permission-mode=acceptEdits",
                "--allow-dangerously-skip-permissions",
                """--mcp-config={"mcpServers": {"nothing": {"command": "/bin/false"}}}""",
                "--strict-mcp-config",
                "--agent=reviewer",
                """--agents={"reviewer": {"description": "Reviews", "prompt": "You review."}}""",
                "--add-dir=/usr/share/doc",
                "--plugin-dir=/usr/share/doc",
                "--setting-sources=user,project",
                "--disable-slash-commands",
                "--no-session-persistence",
                "--include-partial-messages",
                "--debug=hooks",
                "--debug-to-stderr",
            ],
            arguments.Except(settings)
        );
        Assert.StartsWith("""--settings={"outputStyle":"Explanatory",""", Assert.Single(settings));
        var request = scene.ModelRequests(prompt)[0];
        Assert.Equal(("claude-sonnet-5-5", "low"), (request["model"]!.ToString(), request["effort"]!.ToString()));
        Assert.EndsWith("--version\n\n--help", request["system"]!.ToString());
        Assert.Contains("context-1m-2025-08-07", request["beta"]!.ToString());
        Assert.Equal(["1h"], Words(request["cacheTtls"]));
        Assert.Contains("[DEBUG]", await LogAsync(scene, run));
    }

    [Fact]
    public async Task Variables_ReachTheCliAndItsTools()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: variables
            spec:
              prompt: |
                @bash tr '\0' '\n' < /proc/$PPID/environ | grep -E 'CACHING|TIER|POWERSHELL' | sort
                @echo-result
              agent:
                claude:
                  dangerouslySkipPermissions: true
                  promptCachingTTL: 5m
                  bedrockServiceTier: flex
                  enablePowershellTool: true
            """
        );

        Assert.Equal(
            ["ANTHROPIC_BEDROCK_SERVICE_TIER=flex", "CLAUDE_CODE_USE_POWERSHELL_TOOL=1", "FORCE_PROMPT_CACHING_5M=1"],
            (await run.EndAsync()).Status.Result!.Text!.Split('\n')
        );
    }

    [Fact]
    public async Task PromptThatLooksLikeAnOption_IsThePrompt()
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("--help\n@say read");

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: dashes
            spec:
              prompt: "{{prompt.Replace("\n", @"\n", StringComparison.Ordinal)}}"
              agent:
                claude:
                  tools: []
            """
        );

        Assert.Equal("read", (await run.EndAsync()).Status.Result!.Text);
        Assert.Empty(Assert.Single(scene.ModelRequests(prompt))["tools"]!.AsArray());
    }

    [Fact]
    public async Task OptionUnknownToTheNodesCli_IsRefusedBeforeAnythingIsSpent()
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("@say hi");

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: delegate
            spec:
              prompt: "{{prompt.Replace("\n", @"\n", StringComparison.Ordinal)}}"
              agent:
                claude:
                  permissionMode: delegate
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.InvalidSpec), (status.Phase, status.Reason));
        Assert.Matches(
            @"^spec\.agent\.claude\.permissionMode: delegate cannot be used with the node's Claude Code 2\.\d+\.\d+: ",
            status.Message
        );
        Assert.Empty(scene.ModelRequests(prompt));
        Assert.Equal(0, await scene.NodeOf(run).CreatedAsync(run.Uid));
    }

    [Fact]
    public async Task BudgetOfTheCli_IsPassedOnToTheLastDigit()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: poor
            spec:
              prompt: |
                @usage in=1000 out=1000
                @bash true
                @say never
              agent:
                claude:
                  dangerouslySkipPermissions: true
                  maxBudgetUSD: "0.0001"
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.BudgetExceeded), (status.Phase, status.Reason));
        Assert.Contains("maxBudgetUSD", status.Message);
    }

    private const string Session = "3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f";

    internal static List<JsonNode> Lines(AgentRunStatus status) =>
        [.. status.Result!.Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private static IEnumerable<string> Words(JsonNode? list) => list!.AsArray().Select(word => word!.ToString());

    internal static async Task<string> LogAsync(Scene scene, RunHistory run)
    {
        var folder = Assert.Single(
            Directory.GetDirectories(scene.NodeOf(run).Node.Bridge.StatePath, $"*{run.Uid}*", SearchOption.AllDirectories)
        );
        return await File.ReadAllTextAsync(Path.Combine(folder, "log"), Cancelled);
    }
}
