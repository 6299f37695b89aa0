using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Stromboli.Operator.Hosting;
using Stromboli.Telemetry.Logs;

namespace Stromboli.Operator.Tests.Hosting;

public sealed partial class OperatorCommandTests
{
    [Fact]
    public async Task InvokeAsync_NoFlags_RunsWithTheDefaults()
    {
        var (code, options, error) = await InvokeAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            (
                TimeSpan.FromMinutes(10),
                TimeSpan.FromSeconds(10),
                TimeSpan.FromSeconds(15),
                TimeSpan.FromSeconds(10),
                TimeSpan.FromSeconds(2)
            ),
            (options!.NodeLostAfter, options.NodeLostGrace, options.LeaseDuration, options.LeaseRenewDeadline, options.LeaseRetryPeriod)
        );
        Assert.Equal("https://api.anthropic.com/", options.ModelBaseURL.AbsoluteUri);
        Assert.NotEmpty(options.Prices.Models);
        Assert.False(options.AllowExtraArgs);
        Assert.Equal(1024, options.MaxCpuShares);
        Assert.Empty(options.AllowedServerTools);
    }

    [Fact]
    public async Task InvokeAsync_EveryFlag_IsRead()
    {
        var prices = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            prices,
            """{"taken":"2026-10-24","models":[{"model":"m","input":1,"output":2,"cacheRead":0.1,"cacheWrite":1.25,"cacheWriteHour":2}]}"""
        );

        var (code, options, _) = await InvokeAsync(
            "--kubeconfig",
            "/k",
            "--namespace",
            "ns",
            "--identity",
            "me",
            "--hub-listen",
            "127.0.0.1:1",
            "--hub-name",
            "a",
            "--hub-name",
            "10.0.0.1",
            "--health-listen",
            "[::1]:2",
            "--streams-listen",
            "127.0.0.1:3",
            "--streams-address",
            "host.example:4",
            "--log-format",
            "json",
            "--default-image",
            "i",
            "--model-base-url",
            "http://127.0.0.1:9",
            "--model-credentials-secret",
            "s",
            "--allow-extra-args",
            "--allow-server-tool",
            "web_search",
            "--allow-server-tool",
            "tool_search_tool_bm25",
            "--max-cpu-shares",
            "2048",
            "--prices",
            prices,
            "--node-lost-after",
            "1m30s",
            "--node-lost-grace",
            "0s",
            "--lease-duration",
            "3s",
            "--lease-renew-deadline",
            "2s",
            "--lease-retry-period",
            "500ms"
        );
        File.Delete(prices);

        Assert.Equal(0, code);
        Assert.Equal(
            ("/k", "ns", "me", "127.0.0.1:1", "[::1]:2", "127.0.0.1:3", "host.example:4", "i", "s"),
            (
                options!.KubeConfig,
                options.Namespace,
                options.Identity,
                options.HubListen.ToString(),
                options.HealthListen.ToString(),
                options.StreamsListen.ToString(),
                options.StreamsAddress,
                options.DefaultImage,
                options.ModelCredentialsSecret
            )
        );
        Assert.Equal(["a", "10.0.0.1"], options.HubNames.Select(n => n.ToString()));
        Assert.Equal(
            (TimeSpan.FromSeconds(90), TimeSpan.Zero, TimeSpan.FromMilliseconds(500)),
            (options.NodeLostAfter, options.NodeLostGrace, options.LeaseRetryPeriod)
        );
        Assert.Equal(2, Assert.Single(options.Prices.Models).Output);
        Assert.Equal(LogFormat.Json, options.LogFormat);
        Assert.True(options.AllowExtraArgs);
        Assert.Equal(2048, options.MaxCpuShares);
        Assert.Equal(["web_search", "tool_search_tool_bm25"], options.AllowedServerTools);
    }

    [Theory]
    [InlineData("--nonsense", "x", "--nonsense")]
    [InlineData("--node-lost-after", "10", "--node-lost-after")]
    [InlineData("--node-lost-after", "-1m", "--node-lost-after")]
    [InlineData("--node-lost-after", "100ms", "--node-lost-after")]
    [InlineData("--node-lost-grace", "1y", "--node-lost-grace")]
    [InlineData("--lease-duration", "1500ms", "--lease-re")]
    [InlineData("--lease-renew-deadline", "20s", "--lease-renew-deadline")]
    [InlineData("--lease-duration", "15500ms", "whole seconds")]
    [InlineData("--hub-listen", "8443", "--hub-listen")]
    [InlineData("--hub-listen", "example.com:1", "--hub-listen")]
    [InlineData("--hub-listen", ":70000", "--hub-listen")]
    [InlineData("--streams-address", "host", "--streams-address")]
    [InlineData("--streams-address", "user@host:1", "--streams-address")]
    [InlineData("--streams-address", "host:1/path", "--streams-address")]
    [InlineData("--health-listen", "::1:1", "--health-listen")]
    [InlineData("--log-format", "xml", "--log-format")]
    [InlineData("--hub-name", "a_b", "--hub-name")]
    [InlineData("--model-base-url", "http://example.com", "--model-base-url")]
    [InlineData("--model-base-url", "https://u:p@example.com", "--model-base-url")]
    [InlineData("--model-base-url", "https://example.com/?a", "--model-base-url")]
    [InlineData("--allow-server-tool", "web-search", "--allow-server-tool")]
    [InlineData("--allow-server-tool", "web_search_20250305", "--allow-server-tool")]
    [InlineData("--prices", "/does/not/exist", "--prices")]
    [InlineData("--allow-webhook-host", "https://hooks.example.com", "--allow-webhook-host")]
    [InlineData("--allow-webhook-host", "*.com", "--allow-webhook-host")]
    [InlineData("--allow-webhook-host", "", "--allow-webhook-host")]
    [InlineData("--allow-webhook-cidr", "10.0.0.0/33", "--allow-webhook-cidr")]
    [InlineData("--allow-webhook-cidr", "10.0.0.1", "--allow-webhook-cidr")]
    [InlineData("--webhook-ca-file", "/does/not/exist", "--webhook-ca-file")]
    [InlineData("--webhook-schedule", "0s,soon", "--webhook-schedule")]
    [InlineData("--webhook-schedule", "", "--webhook-schedule")]
    [InlineData("--webhook-schedule", "0s,8h,169h", "--webhook-schedule")]
    [InlineData("--max-cpu-shares", "1", "--max-cpu-shares")]
    [InlineData("--max-cpu-shares", "262145", "--max-cpu-shares")]
    public async Task InvokeAsync_BadFlag_IsOneSentenceThatNamesItAndExitCode2(string flag, string value, string named)
    {
        var (code, options, error) = await InvokeAsync(flag, value);

        Assert.Equal(2, code);
        Assert.Null(options);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task InvokeAsync_RelativeFiles_AreMadeAbsolute()
    {
        var files = new OperatorCommand((_, _) => Task.FromResult(0))
            .Options.Where(option => option.HelpName == OperatorCommand.FileValue)
            .Select(option => option.Name);
        Assert.Equal(["--kubeconfig", "--prices", "--webhook-ca-file"], files.Order(StringComparer.Ordinal));

        var (code, options, _) = await InvokeAsync("--kubeconfig", "a/../kubeconfig");

        Assert.Equal((0, Path.Combine(Environment.CurrentDirectory, "kubeconfig")), (code, options!.KubeConfig));
    }

    [Fact]
    public void Options_All_AreExactlyThoseInTheGuide()
    {
        var options = new OperatorCommand((_, _) => Task.FromResult(0))
            .Options.Select(option => option.Name)
            .Except(["--help", "--version"]);

        Assert.Equal(options.Order(StringComparer.Ordinal), Guide());
    }

    private static IEnumerable<string> Guide([CallerFilePath] string path = "")
    {
        var guide = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "operations", "operator.md"));
        return guide
            .Where(line => line.StartsWith("| `--", StringComparison.Ordinal))
            .SelectMany(line => Flag().Matches(line.Split('|')[1]).Select(match => match.Value))
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("--[a-z-]+", RegexOptions.None, 1000)]
    private static partial Regex Flag();

    private static async Task<(int Code, OperatorOptions? Options, string Error)> InvokeAsync(params string[] args)
    {
        OperatorOptions? seen = null;
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var command = new OperatorCommand(
            (options, _) =>
            {
                seen = options;
                return Task.FromResult(0);
            }
        );
        return (await command.InvokeAsync(args, output, error), seen, error.ToString());
    }
}
