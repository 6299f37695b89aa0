using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Hosting;
using Stromboli.Telemetry.Logs;

namespace Stromboli.PodmanBridge.Tests.Hosting;

public sealed partial class BridgeCommandTests
{
    [Fact]
    public void Command_EveryOption_IsInTheGuideToNodesAndNoOther()
    {
        var options = BridgeCommand
            .Create((_, _) => Task.FromResult(0))
            .Options.Select(option => option.Name)
            .Except(["--help", "--version"]);

        Assert.Equal(options.Order(StringComparer.Ordinal), Guide());
    }

    [Theory]
    [InlineData("--max-pids", "15", "--max-pids must be from 16 to 4194304, but is 15.")]
    [InlineData("--max-pids", "16", null)]
    [InlineData("--max-run-pids", "32769", "--max-run-pids must be from 16 to 32768, but is 32769.")]
    [InlineData("--max-run-pids", "32768", null)]
    [InlineData("--max-runs", "0", "--max-runs must be from 1 to 1000, but is 0.")]
    [InlineData("--parallel-starts", "1", null)]
    public void Command_NumberOutOfRange_IsRefusedWithASentence(string option, string value, string? error)
    {
        var parsed = Parse(option, value);
        Assert.Equal(error is null ? [] : [error], parsed.Errors.Select(e => e.Message));
    }

    [Fact]
    public async Task Command_NothingSaidOfPids_IsForTheMachineToSay()
    {
        BridgeOptions? options = null;
        await Parse(seen => options = seen).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((null, 4096), (options!.MaxPids, options.MaxRunPids));
        await Parse(seen => options = seen, "--max-pids", "2000", "--max-run-pids", "500")
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((2000, 500), (options.MaxPids, options.MaxRunPids));
    }

    [Theory]
    [InlineData(":9464", "127.0.0.1:9464")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("10.0.0.7:9464", "10.0.0.7:9464")]
    [InlineData("[::]:9464", "[::]:9464")]
    [InlineData("9464", null)]
    [InlineData("node:9464", null)]
    [InlineData(":65536", null)]
    [InlineData("::1:1", null)]
    public async Task Command_HealthListen_IsLoopbackUnlessAnAddressIsGiven(string value, string? listens)
    {
        BridgeOptions? options = null;
        var parsed = Parse(seen => options = seen, "--health-listen", value);
        if (listens is null)
        {
            Assert.Equal(
                $"--health-listen: '{value}' is not [ADDRESS]:PORT, such as :9464 or 10.0.0.7:9464.",
                Assert.Single(parsed.Errors).Message
            );
            return;
        }

        await parsed.InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(listens, options!.HealthListen!.ToString());
    }

    [Fact]
    public async Task Command_NothingSaidOfHealth_OpensNoPort()
    {
        BridgeOptions? options = null;
        await Parse(seen => options = seen).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(options!.HealthListen);
        Assert.Equal(LogFormat.Text, options.LogFormat);
    }

    private static ParseResult Parse(params string[] arguments) => Parse(_ => { }, arguments);

    private static ParseResult Parse(Action<BridgeOptions> run, params string[] arguments) =>
        BridgeCommand
            .Create(
                (options, _) =>
                {
                    run(options);
                    return Task.FromResult(0);
                }
            )
            .Parse(["--operator", "https://hub:8443", "--ca-file", "ca.crt", "--token-file", "token", .. arguments]);

    [Theory]
    [InlineData("registry.example.com", true)]
    [InlineData("registry:5000", true)]
    [InlineData("10.0.0.5:5000", true)]
    [InlineData("", false)]
    [InlineData(":5000", false)]
    [InlineData("registry.example.com:", false)]
    [InlineData("registry.example.com:0", false)]
    [InlineData("registry.example.com:70000", false)]
    [InlineData("https://registry.example.com", false)]
    [InlineData("registry.example.com/team", false)]
    [InlineData("a:1:2", false)]
    public void AllowRegistry_Value_IsAHostWithOrWithoutAPort(string value, bool valid)
    {
        string[] line =
        [
            "--operator",
            "https://operator.example:8443",
            "--ca-file",
            "ca",
            "--token-file",
            "token",
            "--allow-registry",
            value,
        ];

        Assert.Equal(valid, BridgeCommand.Create((_, _) => Task.FromResult(0)).Parse(line).Errors.Count == 0);
    }

    [Fact]
    public void Command_RelativePaths_AreMadeAbsolute()
    {
        var paths = Options().Where(option => option.HelpName == BridgePath.HelpName).Select(option => option.Name).ToList();
        Assert.Equal(
            [
                "--ca-file",
                "--claude",
                "--git-ca-file",
                "--measurer",
                "--podman-socket",
                "--reader",
                "--run-dir",
                "--shim",
                "--state-dir",
                "--token-file",
            ],
            paths.Order(StringComparer.Ordinal)
        );

        var options = Read([
            "--operator",
            "https://operator.test:8443",
            .. paths.SelectMany(path => new[] { path, $"./x/../{path[2..]}/" }),
        ])!;

        string At(string name) => Path.Combine(Environment.CurrentDirectory, name);
        Assert.Equal((At("ca-file"), At("claude"), At("git-ca-file")), (options.CaFile, options.Claude, options.GitCaFile));
        Assert.Equal((At("measurer"), At("podman-socket"), At("run-dir")), (options.Measurer, options.PodmanSocket, options.RunDirectory));
        Assert.Equal((At("shim"), At("state-dir"), At("token-file")), (options.Shim, options.StateDirectory, options.TokenFile));
        Assert.Equal(At("reader"), options.Reader);
    }

    // An option for a file that a later one forgets to make absolute would be noticed by its name or by what it says.
    [Fact]
    public void Command_OptionThatNamesAFileOrFolder_IsAPath() =>
        Assert.All(
            Options()
                .Where(option =>
                    option.Name.EndsWith("-file", StringComparison.Ordinal)
                    || option.Name.EndsWith("-dir", StringComparison.Ordinal)
                    || option.Name.EndsWith("-socket", StringComparison.Ordinal)
                ),
            option => Assert.Equal(BridgePath.HelpName, option.HelpName)
        );

    [Fact]
    public void Command_ShimWithoutOtherPrograms_HasThemBesideTheShim()
    {
        var options = Read(
            "--operator",
            "https://operator.test:8443",
            "--ca-file",
            "ca",
            "--token-file",
            "token",
            "--shim",
            "src/native/build/stromboli-shim"
        )!;

        var folder = Path.Combine(Environment.CurrentDirectory, "src/native/build");
        Assert.Equal(
            (Path.Combine(folder, "stromboli-measurer"), Path.Combine(folder, "stromboli-reader")),
            (options.Measurer, options.Reader)
        );
    }

    [Fact]
    public void Command_EmptyPath_IsOneSentenceThatNamesTheOption()
    {
        var errors = BridgeCommand
            .Create((_, _) => Task.FromResult(0))
            .Parse(["--operator", "https://operator.test:8443", "--ca-file", "ca", "--token-file", "token", "--shim", ""])
            .Errors;

        Assert.Equal("--shim needs the path of a file or folder, but is empty.", Assert.Single(errors).Message);
    }

    /// <summary>What the bridge is told by a command line; null for one that it does not take.</summary>
    internal static BridgeOptions? Read(params string[] arguments)
    {
        BridgeOptions? seen = null;
        var command = BridgeCommand.Create(
            (options, _) =>
            {
                seen = options;
                return Task.FromResult(0);
            }
        );
        return command.Parse(arguments).Invoke() == 0 ? seen : null;
    }

    private static IEnumerable<Option> Options() => BridgeCommand.Create((_, _) => Task.FromResult(0)).Options;

    private static IEnumerable<string> Guide([CallerFilePath] string path = "")
    {
        var guide = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "operations", "nodes.md"));
        return guide
            .Where(line => line.StartsWith("| `--", StringComparison.Ordinal))
            .SelectMany(line => Option().Matches(line.Split('|')[1]).Select(match => match.Value))
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("--[a-z-]+", RegexOptions.None, 1000)]
    private static partial Regex Option();
}
