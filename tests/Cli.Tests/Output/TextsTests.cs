using System.Text.Json.Nodes;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Tests.Output;

public sealed class TextsTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(125, "2m5s")]
    [InlineData(3600, "60m")]
    [InlineData(5 * 3600, "5h")]
    [InlineData((5 * 3600) + 600, "5h10m")]
    [InlineData(30 * 3600, "30h")]
    [InlineData(3 * 86400, "3d")]
    [InlineData(400 * 86400, "400d")]
    public void Age_Seconds_ReadLikeKubectl(long seconds, string expected) =>
        Assert.Equal(expected, Texts.Age(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(null, "")]
    [InlineData("0", "$0.00")]
    [InlineData("0.00028", "$0.00028")]
    [InlineData("0.034", "$0.03")]
    [InlineData("1234.5", "$1234.50")]
    [InlineData("\e[31m", "")]
    public void Money_Amounts_AreShort(string? amount, string expected) => Assert.Equal(expected, Texts.Money(amount));

    [Theory]
    [InlineData(512L, "512 B")]
    [InlineData(1536L, "1.5 KiB")]
    [InlineData(200L * 1024 * 1024, "200 MiB")]
    public void Bytes_Sizes_HaveAUnit(long bytes, string expected) => Assert.Equal(expected, Texts.Bytes(bytes));

    [Fact]
    public void Json_ControlCharacters_AreEscaped()
    {
        var text = JsonOutput.Write(new JsonObject { ["text"] = "ü\e\u009b\u007f" });

        Assert.Equal("{\n    \"text\": \"ü\\u001B\\u009B\\u007F\"\n}\n", text);
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("12", "\"12\"")]
    [InlineData("", "\"\"")]
    [InlineData("a: b", "\"a: b\"")]
    public void Yaml_Texts_StayTexts(string text, string expected) =>
        Assert.Equal($"text: {expected}\n", YamlOutput.Write(new JsonObject { ["text"] = text }));

    [Fact]
    public void Yaml_ControlCharacters_AreEscaped()
    {
        var text = YamlOutput.Write(new JsonObject { ["text"] = "a\e[31m\nb" });

        Assert.DoesNotContain(text, c => c != '\n' && char.IsControl(c));
        Assert.Equal("a\e[31m\nb", Manifests.YamlRoundTrip.TextOf(text));
    }

    [Fact]
    public void Yaml_Lines_AreABlock() => Assert.Equal("text: |\n  a\n  b\n", YamlOutput.Write(new JsonObject { ["text"] = "a\nb\n" }));

    [Fact]
    public void Table_Columns_AreAligned()
    {
        var output = new StringWriter { NewLine = "\n" };
        using var screen = new Screen(output, TextWriter.Null);
        var table = new Table("NAME", "PHASE");
        table.Add("a\nb", new Cell("Running", Colour.Cyan));
        table.Add("longer-name", "");

        table.Print(screen);

        Assert.Equal("NAME          PHASE\na b           Running\nlonger-name   -\n", output.ToString());
    }
}
