using System.Reflection;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ClaudeCommandTests
{
    private static readonly string[] Base =
    [
        "/opt/stromboli/claude/claude", "-p", "--input-format=text", "--output-format=stream-json", "--verbose", "--session-id=" + Specs.Session,
    ];

    /// <summary>Field, options, and what they add to the command line. A field of the options that is missing here fails a test.</summary>
    private static readonly (string Field, ClaudeOptions Options, string[] Argv)[] Golden =
    [
        (nameof(ClaudeOptions.Model), new() { Model = "sonnet" }, ["--model=sonnet"]),
        (nameof(ClaudeOptions.Model), new() { Model = "--help" }, ["--model=--help"]),
        (nameof(ClaudeOptions.SystemPrompt), new() { SystemPrompt = "--version\nBe brief." }, ["--system-prompt=--version\nBe brief."]),
        (nameof(ClaudeOptions.SystemPrompt), new() { SystemPrompt = "" }, ["--system-prompt="]),
        (nameof(ClaudeOptions.AppendSystemPrompt), new() { AppendSystemPrompt = "-x" }, ["--append-system-prompt=-x"]),
        (nameof(ClaudeOptions.AllowedTools), new() { AllowedTools = ["Read", "Bash(git log:*)", "Bash(a, b)"] }, ["--allowedTools=Read", "--allowedTools=Bash(git log:*)", "--allowedTools=Bash(a, b)"]),
        (nameof(ClaudeOptions.DisallowedTools), new() { DisallowedTools = ["WebFetch", "--x"] }, ["--disallowedTools=WebFetch", "--disallowedTools=--x"]),
        (nameof(ClaudeOptions.PermissionMode), new() { PermissionMode = "plan" }, ["--permission-mode=plan"]),
        (nameof(ClaudeOptions.DangerouslySkipPermissions), new() { DangerouslySkipPermissions = true }, ["--dangerously-skip-permissions"]),
        (nameof(ClaudeOptions.DangerouslySkipPermissions), new() { DangerouslySkipPermissions = false }, []),
        (nameof(ClaudeOptions.MaxTurns), new() { MaxTurns = 7 }, ["--max-turns=7"]),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Golden.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Build_Field_IsItsFlag(int row)
    {
        var (_, options, argv) = Golden[row];

        Assert.Equal([.. Base, .. argv], ClaudeCommand.Build(options, Specs.Attempt).Argv);
    }

    [Fact]
    public void Golden_HasEveryField()
    {
        var fields = typeof(ClaudeOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.Name != "EqualityContract").Select(p => p.Name);

        Assert.Empty(fields.Except(Golden.Select(row => row.Field)));
    }

    [Fact]
    public void Build_NoOptions_IsTheBase() => Assert.Equal(Base, ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt).Argv);

    [Fact]
    public void Build_Environment_IsOursThenTheRuns()
    {
        var spec = Specs.Attempt with { Env = [new() { Name = "B", Value = "2=3" }, new() { Name = "LANG", Value = "de_DE.UTF-8" }, new() { Name = "EMPTY" }] };

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
            ClaudeCommand.Build(new ClaudeOptions(), spec).Environment);
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("anthropic_base_url")]
    [InlineData("A=B")]
    [InlineData("")]
    public void Build_ProtectedName_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt with { Env = [new() { Name = name, Value = "x" }] }));

    [Fact]
    public void Build_Nul_Throws()
    {
        Assert.Throws<ArgumentException>(() => ClaudeCommand.Build(new ClaudeOptions { SystemPrompt = "a\0b" }, Specs.Attempt));
        Assert.Throws<ArgumentException>(() => ClaudeCommand.Build(new ClaudeOptions(), Specs.Attempt with { Env = [new() { Name = "A", Value = "\0" }] }));
        Assert.Throws<ArgumentException>(() => AgentCommand.Build(Specs.Attempt with { Command = ["sh", "\0"] }));
    }

    [Fact]
    public void Build_Command_IsTakenAsItIs() =>
        Assert.Equal(["sh", "-c", "cat; exit 3"], AgentCommand.Build(Specs.Attempt with { Command = ["sh", "-c", "cat; exit 3"] }).Argv);

    [Fact]
    public void Build_EmptyCommand_Throws() => Assert.Throws<ArgumentException>(() => AgentCommand.Build(Specs.Attempt with { Command = [] }));
}
