using System.Text;
using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Model;

namespace Stromboli.Gateway.Tests.Model;

public sealed class AnswerReaderTests
{
    private const string Start = """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","model":"claude-x","usage":{"input_tokens":100,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":10},"cache_read_input_tokens":7,"output_tokens":1}}}


        """;

    private const string Text =
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"message_delta \\\"error\\\" {\\\"usage\\\":{\\\"output_tokens\\\":99999}}\"}}\n\n";
    private const string Delta =
        "event: message_delta\r\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":50}}\r\n\r\n";
    private const string Stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private static readonly TokenUsage Whole = new()
    {
        Input = 100,
        Output = 50,
        CacheRead = 7,
        CacheWrite = 20,
        CacheWriteHour = 10,
    };

    [Fact]
    public void Read_StreamInAnyPieces_HasItsUsage()
    {
        var stream = Start + Text + "event: ping\ndata: {\"type\":\"ping\"}\n\n" + Delta + Stop;
        for (var piece = 1; piece <= 64; piece++)
        {
            var reader = Read(stream, piece);

            Assert.Equal(
                new AnswerFacts
                {
                    Model = "claude-x",
                    Usage = Whole,
                    Complete = true,
                },
                reader.Facts
            );
        }
    }

    [Fact]
    public void Read_TornAnywhere_NeverThrowsAndNeverOvercounts()
    {
        var stream = Encoding.UTF8.GetBytes(Start + Text + Delta + Stop);
        // All but the last byte, which is the end of an event that was whole without it.
        for (var length = 0; length < stream.Length - 1; length++)
        {
            var reader = new AnswerReader(stream: true);
            reader.Read(stream.AsSpan(0, length));

            Assert.True(reader.Facts.Usage is not { } usage || (usage.Output <= 50 && usage.Input == 100));
            Assert.False(reader.Facts.Complete);
        }
    }

    [Fact]
    public void Finish_EndedWithoutStop_IsCompleteIfTheFinalUsageCame()
    {
        Assert.False(Read(Start, 100).Facts.Complete);
        Assert.True(Read(Start + Delta, 100).Facts.Complete);
    }

    [Fact]
    public void Read_UsageThatFalls_CountsItsHighest() =>
        Assert.Equal(50, Read(Start + Delta + Delta.Replace(":50", ":2", StringComparison.Ordinal) + Stop, 9).Facts.Usage!.Output);

    [Theory]
    [InlineData("-5", 0)]
    [InlineData("99999999999999", TokenUsage.Most)]
    public void Read_AbsurdUsage_IsClamped(string input, long counted) =>
        Assert.Equal(
            counted,
            Read(Start.Replace("\"input_tokens\":100", "\"input_tokens\":" + input, StringComparison.Ordinal), 100).Facts.Usage!.Input
        );

    [Fact]
    public void Read_ErrorInsideAStream_IsSeen() =>
        Assert.Equal(
            "overloaded_error",
            Read(
                Start + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n",
                10
            ).Facts.ErrorType
        );

    [Fact]
    public void Read_OverlongLine_IsLetPassAndTheRestRead()
    {
        var reader = new AnswerReader(stream: true);
        var piece = Encoding.UTF8.GetBytes(new string('x', 100_000));
        reader.Read("data: message_start"u8);
        for (var i = 0; i < 10; i++)
        {
            reader.Read(piece);
        }

        reader.Read(Encoding.UTF8.GetBytes("\n" + Start + Delta + Stop));

        Assert.Equal(Whole, reader.Facts.Usage);
    }

    [Fact]
    public void Finish_WholeMessage_HasItsUsage()
    {
        var reader = new AnswerReader(stream: false);
        foreach (
            var chunk in Encoding
                .UTF8.GetBytes("""{"type":"message","model":"claude-y","content":[],"usage":{"input_tokens":5,"output_tokens":6}}""")
                .Chunk(10)
        )
        {
            reader.Read(chunk);
        }

        reader.Finish();

        Assert.Equal(
            new AnswerFacts
            {
                Model = "claude-y",
                Usage = new() { Input = 5, Output = 6 },
                Complete = true,
            },
            reader.Facts
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[1,2]")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"message"}""")]
    [InlineData("""{"type":"message","usage":{"input_tokens":"many"}}""")]
    public void Finish_NoMessage_SaysNothing(string body)
    {
        var reader = new AnswerReader(stream: false);
        reader.Read(Encoding.UTF8.GetBytes(body));
        reader.Finish();

        Assert.Null(reader.Facts.Usage);
        Assert.False(reader.Facts.Complete);
    }

    [Fact]
    public void Read_Iterations_AreAllOfTheUsage()
    {
        const string usage = """
            {"output_tokens":50,"iterations":[{"type":"compaction","input_tokens":400,"output_tokens":9},{"type":"message","input_tokens":100,"output_tokens":50},
            {"type":"advisor_message","model":"claude-adviser","input_tokens":7,"output_tokens":3},{"type":"advisor_message","model":"claude-adviser","input_tokens":7,"output_tokens":3}]}
            """;
        var facts = Read(
            Start + Delta.Replace("{\"output_tokens\":50}", usage.ReplaceLineEndings(""), StringComparison.Ordinal) + Stop,
            64
        ).Facts;

        Assert.Equal(Whole with { Input = 500, Output = 59 }, facts.Usage);
        Assert.Equal(new() { Input = 14, Output = 6 }, facts.OtherModels!["claude-adviser"]);
        Assert.True(facts is { Complete: true, HasUnknown: false });
    }

    [Theory]
    [InlineData(
        """{"output_tokens":50,"server_tool_use":{"web_search_requests":2,"web_fetch_requests":0},"service_tier":"standard","inference_geo":"","speed":"standard","output_tokens_details":{"thinking_tokens":7},"fallback_credit":null,"iterations":[],"later":0}""",
        false
    )]
    [InlineData("""{"output_tokens":50,"dream_tokens":3}""", true)]
    [InlineData("""{"output_tokens":50,"dreams":{"tokens":3}}""", true)]
    [InlineData("""{"output_tokens":50,"server_tool_use":{"dream_requests":1}}""", true)]
    [InlineData("""{"output_tokens":50,"cache_creation":{"ephemeral_1d_input_tokens":1}}""", true)]
    [InlineData("""{"output_tokens":50,"iterations":[{"type":"message","dream_tokens":1}]}""", true)]
    [InlineData("""{"output_tokens":50,"speed":"fast"}""", true)]
    [InlineData("""{"output_tokens":"fifty"}""", true)]
    public void Read_UsageInWordsThatAreNotKnown_IsMarked(string usage, bool unknown) =>
        Assert.Equal(
            unknown,
            Read(Start + Delta.Replace("{\"output_tokens\":50}", usage, StringComparison.Ordinal) + Stop, 64).Facts.HasUnknown
        );

    [Fact]
    public void Read_StopWithoutTheFinalUsage_IsNotComplete() => Assert.False(Read(Start + Stop, 64).Facts.Complete);

    private static AnswerReader Read(string stream, int piece)
    {
        var reader = new AnswerReader(stream: true);
        foreach (var chunk in Encoding.UTF8.GetBytes(stream).Chunk(piece))
        {
            reader.Read(chunk);
        }

        reader.Finish();
        return reader;
    }
}
