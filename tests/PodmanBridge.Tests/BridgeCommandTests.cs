using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Stromboli.PodmanBridge.Tests;

public sealed partial class BridgeCommandTests
{
    [Fact]
    public void Command_EveryOption_IsInTheGuideToNodesAndNoOther()
    {
        var options = BridgeCommand.Create((_, _) => Task.FromResult(0)).Options.Select(option => option.Name).Except(["--help", "--version"]);

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
        await Parse(seen => options = seen, "--max-pids", "2000", "--max-run-pids", "500").InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((2000, 500), (options.MaxPids, options.MaxRunPids));
    }

    private static ParseResult Parse(params string[] arguments) => Parse(_ => { }, arguments);

    private static ParseResult Parse(Action<BridgeOptions> run, params string[] arguments) => BridgeCommand
        .Create((options, _) =>
        {
            run(options);
            return Task.FromResult(0);
        })
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
        string[] line = ["--operator", "https://operator.example:8443", "--ca-file", "ca", "--token-file", "token", "--allow-registry", value];

        Assert.Equal(valid, BridgeCommand.Create((_, _) => Task.FromResult(0)).Parse(line).Errors.Count == 0);
    }

    private static IEnumerable<string> Guide([CallerFilePath] string path = "")
    {
        var guide = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "docs", "operations", "nodes.md"));
        return guide.Where(line => line.StartsWith("| `--", StringComparison.Ordinal))
            .SelectMany(line => Option().Matches(line.Split('|')[1]).Select(match => match.Value))
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("--[a-z-]+", RegexOptions.None, 1000)]
    private static partial Regex Option();
}
