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
