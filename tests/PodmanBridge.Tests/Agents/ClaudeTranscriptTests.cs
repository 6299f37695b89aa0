using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ClaudeTranscriptTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("text", true)]
    [InlineData("json", null)]
    [InlineData("json", false)]
    public void For_FormatWithAnotherResult_IsNone(string? format, bool? verbose) =>
        Assert.Null(ClaudeTranscript.For(new ClaudeOptions { OutputFormat = format, Verbose = verbose }, 1024));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void StreamJson_AnyPieces_IsEveryLineAsItCame(int piece) =>
        Assert.Equal(
            "{\"a\":1}\n\nnoise\n{\"b\":2}\n",
            Read(new() { OutputFormat = "stream-json" }, piece, "{\"a\":1}", "", "noise", "{\"b\":2}")
        );

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void JsonAndVerbose_AnyPieces_IsAListOfTheLines(int piece) =>
        Assert.Equal("[{\"a\":1},{\"b\":2}]", Read(new() { OutputFormat = "json", Verbose = true }, piece, "{\"a\":1}", "", "{\"b\":2}"));

    [Fact]
    public void JsonAndVerbose_NoLine_IsAnEmptyList() => Assert.Equal("[]", Read(new() { OutputFormat = "json", Verbose = true }, 1));

    private static string? Read(ClaudeOptions options, int piece, params string[] lines)
    {
        using var transcript = ClaudeTranscript.For(options, 1024)!;
        foreach (var line in lines.Select(Encoding.UTF8.GetBytes))
        {
            foreach (var part in line.Chunk(piece))
            {
                transcript.Append(part, endOfLine: false);
            }

            transcript.Append([], endOfLine: true);
        }
        return transcript.ToResult().Text;
    }
}
