using Stromboli.Cli.Manifests;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Tests.Manifests;

public sealed class YamlManifestTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.5", "1.5")]
    [InlineData("'1'", "\"1\"")]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("~", "null")]
    [InlineData("0755", "\"0755\"")]
    [InlineData("30m", "\"30m\"")]
    [InlineData("1e3", "1000")]
    [InlineData("[a, {b: c}]", "[\"a\",{\"b\":\"c\"}]")]
    [InlineData("!!str 1", "\"1\"")]
    [InlineData(".inf", "\".inf\"")]
    public void Read_Scalars_MeanWhatTheyMeanToKubectl(string yaml, string json) =>
        Assert.Equal(json, YamlManifest.Read($"a: {yaml}", "it").Single()["a"]?.ToJsonString() ?? "null");

    [Fact]
    public void Read_SeveralDocuments_SkipsEmptyOnes() => Assert.Equal(2, YamlManifest.Read("a: 1\n---\n---\nb: 2\n", "it").Count);

    [Theory]
    [InlineData("a: [")]
    [InlineData("just text")]
    [InlineData("<<: {a: 1}")]
    [InlineData("[a]: b")]
    public void Read_OtherThings_AreRefusedInASentence(string yaml)
    {
        var refused = Assert.Throws<CliException>(() => YamlManifest.Read(yaml, "'file'"));

        Assert.StartsWith("'file'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AliasesThatExplode_AreRefused()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 12; i++)
        {
            bomb += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n";
        }

        Assert.Contains("too large", Assert.Throws<CliException>(() => YamlManifest.Read(bomb, "it")).Message, StringComparison.Ordinal);
    }
}
