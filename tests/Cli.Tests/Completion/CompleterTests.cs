using System.Diagnostics;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Tests.Harness;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Cli.Tests.Completion;

public sealed class CompleterTests
{
    [Theory]
    [InlineData(new[] { "__complete", "des" }, "describe\tShow what happened to a run, and why: attempts, use, result and events\n:4\n")]
    [InlineData(new[] { "__complete", "node", "cor" }, "cordon\tKeep new runs from nodes\n:4\n")]
    [InlineData(
        new[] { "__complete", "logs", "--form" },
        "--format\ttext for people (default), or json: one object a line, as the agent wrote it\n:4\n"
    )]
    [InlineData(new[] { "__complete", "logs", "--format", "" }, "text\njson\n:4\n")]
    [InlineData(new[] { "__complete", "logs", "--format=j" }, "--format=json\n:4\n")]
    [InlineData(new[] { "__complete", "run", "-f", "" }, ":0\n")]
    [InlineData(new[] { "__complete", "run", "some", "" }, ":4\n")]
    [InlineData(new[] { "__complete", "cp", "hello:", "" }, ":0\n")]
    [InlineData(
        new[] { "__complete", "completion", "" },
        "bash\tThe script for bash\nzsh\tThe script for zsh\nfish\tThe script for fish\n:4\n"
    )]
    public async Task Complete_Words_AnswersLikeCobra(string[] args, string expected)
    {
        var run = await CliRun.OfAsync(args);

        Assert.Equal((0, expected, ""), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Complete_Run_AsksTheClusterThatTheWordsChoose()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hello");
        RunObjects.Add(server, "help-me");
        RunObjects.Add(server, "other");
        using var config = new Kubeconfig(server.Address);

        var logs = await CliRun.OfAsync(["__complete", "logs", "--kubeconfig", config.Path, "-f", "hel"]);
        var more = await CliRun.OfAsync(["__complete", "cancel", "--kubeconfig", config.Path, "hello", "oth"]);
        var copy = await CliRun.OfAsync(["__complete", "cp", "--kubeconfig", config.Path, "hello"]);

        Assert.Equal("hello\nhelp-me\n:4\n", logs.Out);
        Assert.Equal("other\n:4\n", more.Out);
        Assert.Equal("hello:\n:6\n", copy.Out);
    }

    [Fact]
    public async Task Complete_NoCluster_IsSilent()
    {
        var run = await CliRun.OfAsync(["__complete", "logs", "--kubeconfig", "/no/such/file", ""]);

        Assert.Equal((0, ":4\n", ""), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Script_Bash_IsValidAndCompletes()
    {
        var folder = Directory.CreateTempSubdirectory("stromboli-bash-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "script"), ShellScripts.For("bash"), TestContext.Current.CancellationToken);
        const string Check = """
            set -u
            source "$1/script"
            stromboli() { [ "$*" = "__complete logs he" ] && printf 'hello\tdescribed\nhelp\n:4\n'; }
            compopt() { echo "compopt $*"; }
            COMP_WORDS=(stromboli logs he) COMP_CWORD=2
            _stromboli
            echo "${COMPREPLY[*]}"
            """;

        var start = new ProcessStartInfo("bash", ["-c", Check, "bash", folder]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var bash = Process.Start(start)!;
        var printed = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);

        Assert.Equal("hello help\n", printed);
    }
}
