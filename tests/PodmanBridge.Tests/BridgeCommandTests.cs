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

    [Fact]
    public void Command_RelativePaths_AreMadeAbsolute()
    {
        var paths = Options().Where(option => option.HelpName == BridgePath.HelpName).Select(option => option.Name).ToList();
        Assert.Equal(
            ["--ca-file", "--claude", "--git-ca-file", "--measurer", "--podman-socket", "--run-dir", "--shim", "--state-dir", "--token-file"], paths.Order(StringComparer.Ordinal));

        var options = Read(["--operator", "https://operator.test:8443", .. paths.SelectMany(path => new[] { path, $"./x/../{path[2..]}/" })])!;

        string At(string name) => Path.Combine(Environment.CurrentDirectory, name);
        Assert.Equal((At("ca-file"), At("claude"), At("git-ca-file")), (options.CaFile, options.Claude, options.GitCaFile));
        Assert.Equal((At("measurer"), At("podman-socket"), At("run-dir")), (options.Measurer, options.PodmanSocket, options.RunDirectory));
        Assert.Equal((At("shim"), At("state-dir"), At("token-file")), (options.Shim, options.StateDirectory, options.TokenFile));
    }

    // An option for a file that a later one forgets to make absolute would be noticed by its name or by what it says.
    [Fact]
    public void Command_OptionThatNamesAFileOrFolder_IsAPath() =>
        Assert.All(
            Options().Where(option => option.Name.EndsWith("-file", StringComparison.Ordinal) || option.Name.EndsWith("-dir", StringComparison.Ordinal) || option.Name.EndsWith("-socket", StringComparison.Ordinal)),
            option => Assert.Equal(BridgePath.HelpName, option.HelpName));

    [Fact]
    public void Command_ShimWithoutMeasurer_HasItBesideTheShim() =>
        Assert.Equal(
            Path.Combine(Environment.CurrentDirectory, "src/Shim/build/stromboli-measurer"),
            Read("--operator", "https://operator.test:8443", "--ca-file", "ca", "--token-file", "token", "--shim", "src/Shim/build/stromboli-shim")!.Measurer);

    [Fact]
    public void Command_EmptyPath_IsOneSentenceThatNamesTheOption()
    {
        var errors = BridgeCommand.Create((_, _) => Task.FromResult(0)).Parse(["--operator", "https://operator.test:8443", "--ca-file", "ca", "--token-file", "token", "--shim", ""]).Errors;

        Assert.Equal("--shim needs the path of a file or folder, but is empty.", Assert.Single(errors).Message);
    }

    /// <summary>What the bridge is told by a command line; null for one that it does not take.</summary>
    internal static BridgeOptions? Read(params string[] arguments)
    {
        BridgeOptions? seen = null;
        var command = BridgeCommand.Create((options, _) =>
        {
            seen = options;
            return Task.FromResult(0);
        });
        return command.Parse(arguments).Invoke() == 0 ? seen : null;
    }

    private static IEnumerable<Option> Options() => BridgeCommand.Create((_, _) => Task.FromResult(0)).Options;

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
