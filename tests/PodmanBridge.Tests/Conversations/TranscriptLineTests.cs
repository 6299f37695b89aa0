using System.Text;
using System.Text.Json;
using Stromboli.PodmanBridge.Conversations;

namespace Stromboli.PodmanBridge.Tests.Conversations;

public sealed class TranscriptLineTests
{
    private const string Answer =
        """{"parentUuid":"c4","isSidechain":false,"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-5","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"ls"}}],"usage":{"input_tokens":10,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,"output_tokens":5}},"requestId":"req_1","type":"assistant","uuid":"fe","timestamp":"2026-11-30T20:51:37.718Z"}""";

    [Theory]
    [InlineData("""{"isSidechain":false,"type":"user","message":{"role":"user","content":"hello"}}""")]
    [InlineData("""{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}}""")]
    [InlineData("""{"message":{"content":[{"type":"thinking","thinking":"…"},{"type":"text","text":""}]},"type":"assistant"}""")]
    [InlineData(Answer)]
    public void Classify_Message_IsOne(string line) => Assert.Equal(LineKind.Message, Classify(line));

    [Theory]
    [InlineData("")]
    [InlineData("  \r")]
    [InlineData("{}")]
    [InlineData("""{"type":"queue-operation","content":"hello"}""")]
    [InlineData("""{"type":"attachment","message":{"content":"not of the conversation"}}""")]
    [InlineData("""{"type":"user","isSidechain":true,"message":{"content":"to a subagent"}}""")]
    [InlineData("""{"type":"user","message":{"content":"a caveat"},"isMeta":true}""")]
    [InlineData("""{"type":"user","message":{"content":{}}}""")]
    [InlineData("""{"type":"user","message":"text"}""")]
    [InlineData("""{"type":"user"}""")]
    [InlineData("""{"type":["user"],"message":{"content":"x"}}""")]
    [InlineData("""{"message":{"content":[{"type":"thinking","thinking":"…"}]},"type":"assistant"}""")]
    [InlineData("""{"message":{"content":[]},"type":"assistant"}""")]
    public void Classify_AnythingElse_IsNotShown(string line) => Assert.Equal(LineKind.Other, Classify(line));

    [Theory]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"type":"user","message":{"content":"x"}""")]
    [InlineData("""{"type":"user","message":{"content":"x"}} {}""")]
    [InlineData("\0\0\0")]
    public void Classify_NoJsonObject_IsUnreadable(string line) => Assert.Equal(LineKind.Unreadable, Classify(line));

    [Fact]
    public void Classify_DeepNesting_IsUnreadable()
    {
        var deep = new string('[', 100_000) + new string(']', 100_000);

        Assert.Equal(LineKind.Unreadable, Classify($$"""{"type":"user","message":{"content":"x"},"deep":{{deep}}}"""));
        Assert.Equal(LineKind.Unreadable, Classify($$$"""{"type":"user","message":{"content":{{{deep}}}}}"""));
    }

    [Fact]
    public void Read_Answer_HasTextCallsAndUsage() =>
        Assert.Equal(
            """{"index":4,"role":"assistant","time":"2026-11-30T20:51:37.718Z","messageID":"msg_1","model":"claude-opus-5-5","text":"Looking.","toolCalls":[{"id":"toolu_1","name":"Bash","input":{"command":"ls"}}],"usage":{"inputTokens":10,"outputTokens":5,"cacheReadTokens":2,"cacheCreationTokens":3}}""",
            Json(Answer, 4)
        );

    [Fact]
    public void Read_Results_HaveTheirText() =>
        Assert.Equal(
            """{"index":0,"role":"user","text":"and\n[image]","toolResults":[{"id":"a","text":"one\n[image]","isError":true},{"id":"b","text":"plain","isError":false},{"text":"","isError":false}]}""",
            Json(
                """{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"one"},{"type":"image"}]},{"type":"tool_result","tool_use_id":"b","content":"plain"},{"type":"tool_result"},{"type":"text","text":"and"},{"type":"image","source":{}},{"type":"thinking","thinking":"no"},7]}}"""
            )
        );

    [Fact]
    public void Read_LongText_IsCutAtACharacter()
    {
        var text = new string('a', (256 * 1024) - 1) + "🦩";

        using var json = JsonDocument.Parse(Json($$$"""{"type":"user","message":{"content":"{{{text}}}"}}"""));

        Assert.Equal((256 * 1024) - 1, json.RootElement.GetProperty("text").GetString()!.Length);
        Assert.True(json.RootElement.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public void Read_BytesThatAreNotUtf8_AreLeftOutWithASentence()
    {
        byte[] line = [.. """{"type":"user","message":{"content":"a"""u8, 0xff, .. "\"}}"u8];

        Assert.Equal(LineKind.Message, TranscriptLine.Classify(line));
        Assert.Equal(
            """{"index":0,"role":"unreadable","text":"A line of the transcript is left out: it is not JSON in UTF-8."}""",
            Json(TranscriptMessage.Read(line), 0)
        );
    }

    private static LineKind Classify(string line) => TranscriptLine.Classify(Encoding.UTF8.GetBytes(line));

    private static string Json(string line, long index = 0) => Json(TranscriptMessage.Read(Encoding.UTF8.GetBytes(line)), index);

    private static string Json(TranscriptMessage message, long index)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            message.WriteTo(json, index);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
