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
