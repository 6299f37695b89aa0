using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Tests.Statuses;

public sealed class StatusBoundsTests
{
    [Theory]
    [InlineData("""{"name": "ä", "n": 1e400, "list": [1, {"a": null}]}""", true)]
    [InlineData("{}", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("\"text\"", false)]
    [InlineData("{", false)]
    [InlineData("{} {}", false)]
    [InlineData("""{"half": "\ud800"}""", false)]
    [InlineData("""{"\udc00": 1}""", false)]
    public void Structured_Text_IsJsonThatCanBeStored(string? text, bool isTaken)
    {
        var structured = StatusBounds.Structured(text);

        Assert.Equal(isTaken, structured is not null);
        var status = new AgentRunStatus { Result = new RunResult { Structured = structured } };
        Assert.Contains("result", JsonSerializer.Serialize(status, CrdsJson.Default.AgentRunStatus));
    }

    [Fact]
    public void Message_TextOfASpec_StaysOnOneLine() =>
        Assert.Equal(
            "The image has no program 'a\uFFFD\uFFFD[31mb\uFFFD'.",
            StatusBounds.Message("The image has no program 'a\n\u001b[31mb\0'.")
        );

    [Theory]
    [InlineData("\u001b]0;title\a\u009b31m", "\uFFFD]0;title\uFFFD\uFFFD31m")]
    [InlineData("no\u2028new\u2029line", "no\uFFFDnew\uFFFDline")]
    [InlineData("\u202Edeliaf\u202C \u2066x\u2069 \u200F\u061C", "\uFFFDdeliaf\uFFFD \uFFFDx\uFFFD \uFFFD\uFFFD")]
    [InlineData("Grüße, \u4E16\u754C \U0001F680", "Grüße, \u4E16\u754C \U0001F680")]
    public void Texts_WithControlCharacters_AreMadeSafe(string text, string safe)
    {
        Assert.Equal(safe, StatusBounds.Message(text));
        Assert.Equal(safe, StatusBounds.Word(text));
    }

    [Fact]
    public void Structured_TooLargeOrTooDeep_IsLeftOut()
    {
        Assert.NotNull(StatusBounds.Structured(Nested(StatusLimits.StructuredDepth)));
        Assert.Null(StatusBounds.Structured(Nested(StatusLimits.StructuredDepth + 1)));
        Assert.NotNull(StatusBounds.Structured(Long(StatusLimits.StructuredBytes)));
        Assert.Null(StatusBounds.Structured(Long(StatusLimits.StructuredBytes + 1)));
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("""{"a":""", depth)) + "1" + new string('}', depth);

    private static string Long(int bytes) => $$"""{"a":"{{new string('x', bytes - 8)}}"}""";
}
