using System.Reflection;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ClaudeCommandTests
{
    private const string Other = "99999999-aaaa-4bbb-8ccc-dddddddddddd";

    /// <summary>A placeholder for the settings that are always passed, whatever they contain (ClaudeSettingsTests).</summary>
    private const string Settings = "--settings={…}";

    private static readonly string[] Base =
    [
        "/opt/stromboli/claude/claude",
        "-p",
        "--input-format=text",
        "--output-format=stream-json",
        "--verbose",
        Settings,
        "--session-id=" + Specs.Session,
    ];

    /// <summary>
    /// A field, options that set it, and what they add to the command line or, if the text does not begin with a dash, to the environment.
    /// A test fails if a field of the options is missing here.
    /// </summary>
    private static readonly (string Field, ClaudeOptions Options, string[] Added)[] Golden =
    [
        (nameof(ClaudeOptions.Model), new() { Model = "sonnet" }, ["--model=sonnet"]),
        (nameof(ClaudeOptions.Model), new() { Model = "--help" }, ["--model=--help"]),
        (nameof(ClaudeOptions.FallbackModel), new() { FallbackModel = "sonnet,haiku" }, ["--fallback-model=sonnet,haiku"]),
        (nameof(ClaudeOptions.Effort), new() { Effort = "xhigh" }, ["--effort=xhigh"]),
        (nameof(ClaudeOptions.SystemPrompt), new() { SystemPrompt = "--version\nBe brief." }, ["--system-prompt=--version\nBe brief."]),
        (nameof(ClaudeOptions.SystemPrompt), new() { SystemPrompt = "" }, ["--system-prompt="]),
        (nameof(ClaudeOptions.AppendSystemPrompt), new() { AppendSystemPrompt = "-x" }, ["--append-system-prompt=-x"]),
        (nameof(ClaudeOptions.Tools), new() { Tools = ["Bash", "Read"] }, ["--tools=Bash", "--tools=Read"]),
        (nameof(ClaudeOptions.Tools), new() { Tools = [] }, ["--tools="]),
        (
            nameof(ClaudeOptions.AllowedTools),
            new() { AllowedTools = ["Read", "Bash(git log:*)", "Bash(a, b)"] },
            ["--allowedTools=Read", "--allowedTools=Bash(git log:*)", "--allowedTools=Bash(a, b)"]
        ),
        (nameof(ClaudeOptions.AllowedTools), new() { AllowedTools = [] }, []),
        (
            nameof(ClaudeOptions.DisallowedTools),
            new() { DisallowedTools = ["WebFetch", "--x"] },
            ["--disallowedTools=WebFetch", "--disallowedTools=--x"]
        ),
        (nameof(ClaudeOptions.PermissionMode), new() { PermissionMode = "plan" }, ["--permission-mode=plan"]),
        (nameof(ClaudeOptions.DangerouslySkipPermissions), new() { DangerouslySkipPermissions = true }, ["--dangerously-skip-permissions"]),
        (nameof(ClaudeOptions.DangerouslySkipPermissions), new() { DangerouslySkipPermissions = false }, []),
        (
            nameof(ClaudeOptions.AllowDangerouslySkipPermissions),
            new() { AllowDangerouslySkipPermissions = true },
            ["--allow-dangerously-skip-permissions"]
        ),
        (nameof(ClaudeOptions.IncludePartialMessages), new() { IncludePartialMessages = true }, ["--include-partial-messages"]),
        (nameof(ClaudeOptions.ReplayUserMessages), new() { ReplayUserMessages = true }, ["--replay-user-messages"]),
        (nameof(ClaudeOptions.MaxBudgetUSD), new() { MaxBudgetUSD = "0.000000000001" }, ["--max-budget-usd=0.000000000001"]),
        (nameof(ClaudeOptions.MaxTurns), new() { MaxTurns = 7 }, ["--max-turns=7"]),
        (
            nameof(ClaudeOptions.McpConfigs),
            new() { McpConfigs = ["""{"mcpServers": {}}""", "/etc/mcp.json"] },
            ["""--mcp-config={"mcpServers": {}}""", "--mcp-config=/etc/mcp.json"]
        ),
        (nameof(ClaudeOptions.StrictMcpConfig), new() { StrictMcpConfig = true }, ["--strict-mcp-config"]),
        (nameof(ClaudeOptions.Agent), new() { Agent = "reviewer" }, ["--agent=reviewer"]),
        (nameof(ClaudeOptions.Agents), new() { Agents = "{}" }, ["--agents={}"]),
        (nameof(ClaudeOptions.AddDirs), new() { AddDirs = ["/a b,c", "/d"] }, ["--add-dir=/a b,c", "--add-dir=/d"]),
        (nameof(ClaudeOptions.PluginDirs), new() { PluginDirs = ["/a", "/b"] }, ["--plugin-dir=/a", "--plugin-dir=/b"]),
        (
            nameof(ClaudeOptions.Files),
            new() { Files = ["file_abc:a b.txt", "file_d:--x"] },
            ["--file=file_abc:a b.txt", "--file=file_d:--x"]
        ),
        (nameof(ClaudeOptions.Settings), new() { Settings = """{"a": "--b"}""" }, []),
        (nameof(ClaudeOptions.SettingSources), new() { SettingSources = ["user", "local"] }, ["--setting-sources=user,local"]),
        (nameof(ClaudeOptions.SettingSources), new() { SettingSources = [] }, ["--setting-sources="]),
        (nameof(ClaudeOptions.Betas), new() { Betas = ["context-1m-2025-08-07", "x"] }, ["--betas=context-1m-2025-08-07", "--betas=x"]),
        // The CLI always runs verbosely. The field changes only the result (ClaudeTranscriptTests).
        (nameof(ClaudeOptions.Verbose), new() { Verbose = true }, []),
        (nameof(ClaudeOptions.Debug), new() { Debug = "true" }, ["--debug", "--debug-to-stderr"]),
        (nameof(ClaudeOptions.Debug), new() { Debug = "api,!file" }, ["--debug=api,!file", "--debug-to-stderr"]),
        (nameof(ClaudeOptions.DisableSlashCommands), new() { DisableSlashCommands = true }, ["--disable-slash-commands"]),
        (nameof(ClaudeOptions.NoPersistence), new() { NoPersistence = true }, ["--no-session-persistence"]),
        (nameof(ClaudeOptions.JsonSchema), new() { JsonSchema = """{"type": "object"}""" }, ["""--json-schema={"type": "object"}"""]),
        (nameof(ClaudeOptions.PromptCachingTTL), new() { PromptCachingTTL = "5m" }, ["FORCE_PROMPT_CACHING_5M=1"]),
        (nameof(ClaudeOptions.PromptCachingTTL), new() { PromptCachingTTL = "1h" }, ["ENABLE_PROMPT_CACHING_1H=1"]),
        (nameof(ClaudeOptions.BedrockServiceTier), new() { BedrockServiceTier = "flex" }, ["ANTHROPIC_BEDROCK_SERVICE_TIER=flex"]),
        (nameof(ClaudeOptions.EnablePowershellTool), new() { EnablePowershellTool = true }, ["CLAUDE_CODE_USE_POWERSHELL_TOOL=1"]),
        (nameof(ClaudeOptions.EnablePowershellTool), new() { EnablePowershellTool = false }, []),
        (nameof(ClaudeOptions.ExtraArgs), new() { ExtraArgs = ["--name=--model=x", "--brief"] }, ["--name=--model=x", "--brief"]),
        (nameof(ClaudeOptions.Resume), new() { Resume = false }, []),
        (nameof(ClaudeOptions.Continue), new() { Continue = false }, []),
        (nameof(ClaudeOptions.ForkSession), new() { ForkSession = false }, []),
        // The CLI always runs with a stream. The field changes only the result.
        (nameof(ClaudeOptions.OutputFormat), new() { OutputFormat = "text" }, []),
        (nameof(ClaudeOptions.OutputFormat), new() { OutputFormat = "json" }, []),
    ];

    /// <summary>Fields that change something that is always present. Each has a test of its own below.</summary>
    private static readonly string[] Replacing = [nameof(ClaudeOptions.InputFormat), nameof(ClaudeOptions.SessionID)];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Golden.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Build_Field_IsItsFlag(int row)
    {
        var (_, options, added) = Golden[row];

        var command = ClaudeCommand.Build(options, Specs.Attempt);

        Assert.Equal([.. Base, .. added.Where(IsFlag)], Flags(command));
        Assert.Equal(
            [.. ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt).Environment, .. added.Where(word => !IsFlag(word))],
            command.Environment
        );
    }

    [Fact]
    public void Golden_HasEveryField()
    {
        var fields = typeof(ClaudeOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.Name != "EqualityContract")
            .Select(p => p.Name);

        Assert.Empty(fields.Except(Golden.Select(row => row.Field)).Except(Replacing));
    }

    [Fact]
    public void Build_InputFormat_ReplacesTheUsualOne() =>
        Assert.Equal(
            Base.Select(word => word == "--input-format=text" ? "--input-format=stream-json" : word),
            Flags(ClaudeCommand.Build(new ClaudeOptions { InputFormat = "stream-json" }, Specs.Attempt))
        );

    // The operator resolves the id: spec.agent.claude.sessionID, otherwise the run's UID.
    [Fact]
    public void Build_SessionID_IsTheAttempts() =>
        Assert.Equal(Base, Flags(ClaudeCommand.Build(new ClaudeOptions { SessionID = "another" }, Specs.Attempt)));

    [Theory]
    [InlineData(true, false, false, $"--resume={Other}")]
    [InlineData(true, false, true, $"--resume={Other} --fork-session --session-id={Specs.Session}")]
    [InlineData(false, true, false, "--continue")]
    [InlineData(false, true, true, $"--continue --fork-session --session-id={Specs.Session}")]
    public void Build_Conversation_ReplacesTheNewOne(bool resume, bool @continue, bool fork, string said)
    {
        var options = new ClaudeOptions
        {
            Resume = resume,
            Continue = @continue,
            ForkSession = fork,
            SessionID = Other,
        };

        Assert.Equal([.. Base[..^1], .. said.Split(' ')], Flags(ClaudeCommand.Build(options, Specs.Attempt)));
    }

    [Theory]
    [InlineData(true, false, false, null)]
    [InlineData(true, true, false, Other)]
    [InlineData(false, false, true, Other)]
    public void Build_NoConversationOrTwo_Throws(bool resume, bool @continue, bool fork, string? id) =>
        Assert.Throws<ArgumentException>(() =>
            ClaudeCommand.Build(
                new()
                {
                    Resume = resume,
                    Continue = @continue,
                    ForkSession = fork,
                    SessionID = id,
                },
                Specs.Attempt
            )
        );

    [Fact]
    public void Build_ExtraArgs_AreTheLast() =>
        Assert.Equal(
            ["--model=x", "--json-schema={}", "--debug", "--debug-to-stderr", "--name"],
            ClaudeCommand
                .Build(
                    new()
                    {
                        ExtraArgs = ["--name"],
                        Debug = "true",
                        JsonSchema = "{}",
                        Model = "x",
                    },
                    Specs.Attempt
                )
                .Argv.Skip(Base.Length)
        );

    // Everything that this class can put on the command line belongs to a field, or drives the CLI.
    [Fact]
    public void Build_ExtraArgThatIsAFlagOfOurs_ThrowsInEverySpelling()
    {
        var flags = Base.Skip(2)
            .Concat(Golden.Where(row => row.Field != nameof(ClaudeOptions.ExtraArgs)).SelectMany(row => row.Added).Where(IsFlag))
            .Select(word => word.Split('=')[0])
            .Concat([
                "--print",
                "--resume",
                "--continue",
                "--fork-session",
                "--allowed-tools",
                "--disallowed-tools",
                "--system-prompt-file",
                "--append-system-prompt-file",
                "--debug-file",
            ])
            .Distinct()
            .ToList();

        Assert.InRange(flags.Count, 40, 100);
        foreach (var flag in flags)
        {
            var bare = flag[2..];
            var camel = string.Concat(bare.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
            foreach (
                var spelling in (string[])
                    [
                        bare,
                        $"{bare}=x",
                        $"{bare}=",
                        $"{bare}=a\nb",
                        camel,
                        bare.ToUpperInvariant(),
                        bare.Replace("-", "", StringComparison.Ordinal),
                        $"no-{bare}",
                    ]
            )
            {
                var refusal = Assert.Throws<ArgumentException>(() =>
                    ClaudeCommand.Build(new() { ExtraArgs = [$"--{spelling}"] }, Specs.Attempt)
                );
                Assert.Contains("agent.claude.extraArgs must not contain an option that has its own field", refusal.Message);
                Assert.Contains($"found --{spelling.Split('=')[0]}", refusal.Message);
            }
        }
    }

    [Theory]
    [InlineData("-p")]
    [InlineData("-pc")]
    [InlineData("mcp")]
    [InlineData("--")]
    [InlineData("")]
    public void Build_ExtraArgThatIsNoLongOption_Throws(string argument) =>
        Assert.Throws<ArgumentException>(() => ClaudeCommand.Build(new() { ExtraArgs = [argument] }, Specs.Attempt));

    [Fact]
    public void Build_OptionOfAVariable_WinsOverTheRunsOwn() =>
        Assert.Contains(
            "ENABLE_PROMPT_CACHING_1H=1",
            ClaudeCommand
                .Build(
                    new ClaudeOptions { PromptCachingTTL = "1h" },
                    Specs.Attempt with
                    {
                        Env = [new() { Name = "ENABLE_PROMPT_CACHING_1H", Value = "0" }],
                    }
                )
                .Environment
        );

    [Fact]
    public void Build_MoreThanAProgramTakes_Throws()
    {
        var one = Assert.Throws<ArgumentException>(() =>
            AgentCommand.Build(Specs.Attempt with { Command = ["x"], Env = [new() { Name = "A", Value = new string('é', 65_535) }] })
        );
        var all = Assert.Throws<ArgumentException>(() =>
            AgentCommand.Build(
                Specs.Attempt with
                {
                    Command = ["x"],
                    Env = [.. Enumerable.Range(0, 15).Select(i => new EnvVar { Name = $"A{i}", Value = new string('x', 100_000) })],
                }
            )
        );

        Assert.StartsWith("an argument or variable has 131072 bytes, and a program takes none of more than 131071", one.Message);
        Assert.Contains("bytes together", all.Message);
    }

    [Fact]
    public void Build_NoOptions_IsTheBase() => Assert.Equal(Base, Flags(ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt)));

    [Fact]
    public void Build_Environment_IsOursThenTheRuns()
    {
        var spec = Specs.Attempt with
        {
            Env = [new() { Name = "B", Value = "2=3" }, new() { Name = "LANG", Value = "de_DE.UTF-8" }, new() { Name = "EMPTY" }],
        };

        Assert.Equal(
            [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=/home/agent",
                "ANTHROPIC_BASE_URL=http://127.0.0.1:8317",
                "ANTHROPIC_API_KEY=placeholder",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
                "DISABLE_AUTOUPDATER=1",
                "USER=agent",
                "LANG=de_DE.UTF-8",
                "TMPDIR=/tmp",
                "B=2=3",
                "EMPTY=",
            ],
            ClaudeCommand.Build(new ClaudeOptions(), spec).Environment
        );
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("anthropic_base_url")]
    [InlineData("A=B")]
    [InlineData("")]
    public void Build_ProtectedName_Throws(string name) =>
        Assert.Throws<ArgumentException>(() =>
            ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt with { Env = [new() { Name = name, Value = "x" }] })
        );

    // The CLI accepts --settings once. If the run uses it, the variable does what our settings would do.
    [Fact]
    public void Build_SettingsOfAPath_ArePassedAsTheyAre()
    {
        var command = ClaudeCommand.Build(new ClaudeOptions { Settings = "/workspace/settings.json" }, Specs.Attempt);

        Assert.Single(command.Argv, word => word.StartsWith("--settings", StringComparison.Ordinal));
        Assert.Contains("--settings=/workspace/settings.json", command.Argv);
        Assert.Contains("CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST=1", command.Environment);
    }

    [Fact]
    public void Build_Nul_Throws()
    {
        Assert.Throws<ArgumentException>(() => ClaudeCommand.Build(new ClaudeOptions { SystemPrompt = "a\0b" }, Specs.Attempt));
        Assert.Throws<ArgumentException>(() =>
            ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt with { Env = [new() { Name = "A", Value = "\0" }] })
        );
        Assert.Throws<ArgumentException>(() => AgentCommand.Build(Specs.Attempt with { Command = ["sh", "\0"] }));
    }

    [Fact]
    public void Build_Command_IsTakenAsItIs() =>
        Assert.Equal(["sh", "-c", "cat; exit 3"], AgentCommand.Build(Specs.Attempt with { Command = ["sh", "-c", "cat; exit 3"] }).Argv);

    [Fact]
    public void Build_EmptyCommand_Throws() =>
        Assert.Throws<ArgumentException>(() => AgentCommand.Build(Specs.Attempt with { Command = [] }));

    private static IEnumerable<string> Flags(AgentCommand command) =>
        command.Argv.Select(word => word.StartsWith("--settings={", StringComparison.Ordinal) ? Settings : word);

    private static bool IsFlag(string word) => word.StartsWith("--", StringComparison.Ordinal);
}
