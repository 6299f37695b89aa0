using System.Text.Json.Nodes;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ClaudeSettingsTests
{
    private static readonly string[] Environment =
    [
        "PATH=/bin",
        "ANTHROPIC_BASE_URL=http://127.0.0.1:8317",
        "ANTHROPIC_API_KEY=placeholder",
        "HTTP_PROXY=http://127.0.0.1:3128",
        "A=b=c",
    ];

    [Fact]
    public void Build_NoneOfTheRuns_EveryProtectedNameHasTheValueOfTheEnvironmentOrNone()
    {
        var settings = Parse(ClaudeSettings.Build(null, Environment));

        var env = settings["env"]!.AsObject();
        Assert.Equal(
            ClaudeSettings.Variables.Order(StringComparer.Ordinal),
            env.Select(variable => variable.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [
                ("ANTHROPIC_API_KEY", "placeholder"),
                ("ANTHROPIC_BASE_URL", "http://127.0.0.1:8317"),
                ("HTTP_PROXY", "http://127.0.0.1:3128"),
            ],
            env.Where(variable => variable.Value!.ToString() != "").Select(variable => (variable.Key, variable.Value!.ToString())).Order()
        );
        Assert.All(ClaudeSettings.Helpers, helper => Assert.Equal("", settings[helper]!.ToString()));
        Assert.False(settings["sandbox"]!["enabled"]!.GetValue<bool>());
    }

    [Fact]
    public void Build_TheRunsOwn_KeepAllButTheProtectedNames()
    {
        var settings = Parse(
            ClaudeSettings.Build(
                """{"outputStyle": "a \"b\" <ä>", "apiKeyHelper": "sleep 60", "sandbox": {"enabled": true}, "env": {"MY": "1", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "https_proxy": "x"}, "n": 1e3}""",
                Environment
            )
        );

        Assert.Equal("a \"b\" <ä>", settings["outputStyle"]!.ToString());
        Assert.Equal("1e3", settings["n"]!.ToJsonString());
        Assert.Equal("", settings["apiKeyHelper"]!.ToString());
        Assert.True(settings["sandbox"]!["enabled"]!.GetValue<bool>());
        Assert.Equal(
            ("1", "http://127.0.0.1:8317", ""),
            ($"{settings["env"]!["MY"]}", $"{settings["env"]!["ANTHROPIC_BASE_URL"]}", $"{settings["env"]!["https_proxy"]}")
        );
    }

    [Theory]
    [InlineData("""{"env": "ANTHROPIC_BASE_URL"}""", null)]
    [InlineData("""{"\u0065nv": {"ANTHROPIC_BASE\u005fURL": "http://127.0.0.1:9", "B": "2"}}""", "2")]
    public void Build_EnvInAnotherSpelling_IsOneWithOurs(string own, string? other)
    {
        var text = ClaudeSettings.Build(own, Environment);

        Assert.Equal(2, text.Split("\"env\"").Length);
        Assert.DoesNotContain("127.0.0.1:9", text, StringComparison.Ordinal);
        Assert.Equal(other, Parse(text)["env"]!["B"]?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"\ud83d": 1}""")]
    [InlineData("""{"env": {"A": "1"}, "env": {"B": "2"}}""")]
    [InlineData("""{"env": {"A": "1"}, "\u0065nv": {"B": "2"}}""")]
    public void Build_NoObject_Throws(string own) => Assert.Throws<ArgumentException>(() => ClaudeSettings.Build(own, Environment));

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();
}
