using System.Text;
using System.Text.Json;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Logs;

namespace Stromboli.PodmanBridge.Tests.Logs;

/// <summary>Golden folders: to add a case, add a folder with a <c>log</c>. A missing expected file is written, to be reviewed.</summary>
public sealed class LogRendererTests
{
    public static TheoryData<string> Cases => LogCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Text_OfALog_IsAsExpected(string name) =>
        await CompareAsync(name, "expected.txt", new TextLogRenderer(LogCases.IsClaude(name)));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Json_OfALog_IsAsExpected(string name) => await CompareAsync(name, "expected.json", new JsonLogRenderer());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AnyFormat_OfALog_HasNothingThatATerminalObeys(string name)
    {
        foreach (var renderer in new LogRenderer[] { new TextLogRenderer(LogCases.IsClaude(name)), new JsonLogRenderer() })
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(
                await RenderAsync(LogCases.PathOf(name, "log"), renderer)
            );

            Assert.DoesNotContain(text.EnumerateRunes(), rune => UnsafeCharacters.Contains(rune) && rune.Value is not ('\n' or '\t'));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Json_EachLine_IsAnObject(string name)
    {
        var output = Encoding.UTF8.GetString(await RenderAsync(LogCases.PathOf(name, "log"), new JsonLogRenderer()));

        Assert.EndsWith("\n", output, StringComparison.Ordinal);
        foreach (var line in output.TrimEnd('\n').Split('\n'))
        {
            using var parsed = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 512 });
            Assert.Contains(parsed.RootElement.GetProperty("stream").GetString(), new[] { "stdout", "stderr", "hooks", "stromboli" });
            Assert.Single(parsed.RootElement.EnumerateObject(), member => member.Name is "message" or "text" or "event");
            Assert.True(parsed.RootElement.GetProperty("time").TryGetDateTimeOffset(out _));
        }
    }

    [Fact]
    public async Task Json_MessageOfTheAgent_IsTheAgentsOwnObject()
    {
        var path = LogCases.PathOf("claude-tools", "log");
        var output = Encoding.UTF8.GetString(await RenderAsync(path, new JsonLogRenderer()));

        var messages = new List<string>();
        foreach (var line in output.TrimEnd('\n').Split('\n'))
        {
            using var parsed = JsonDocument.Parse(line);
            if (parsed.RootElement.TryGetProperty("message", out var message))
            {
                messages.Add(message.GetRawText());
            }
        }

        using var claude = new ClaudeLines();
        await ShimLog.ReadAsync(path, claude, CancellationToken.None);
        Assert.Equal(claude.All, messages);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AnyFormat_LogCutIntoOtherPieces_IsTheSame(string name)
    {
        var path = LogCases.PathOf(name, "log");
        var recut = Path.GetTempFileName();
        try
        {
            foreach (var length in new[] { 1, 3, 1000 })
            {
                await File.WriteAllBytesAsync(recut, Recut(await File.ReadAllBytesAsync(path), length));
                Assert.Equal(
                    Encoding.UTF8.GetString(await RenderAsync(path, new TextLogRenderer(LogCases.IsClaude(name)))),
                    Encoding.UTF8.GetString(await RenderAsync(recut, new TextLogRenderer(LogCases.IsClaude(name))))
                );
                Assert.Equal(
                    Encoding.UTF8.GetString(await RenderAsync(path, new JsonLogRenderer())),
                    Encoding.UTF8.GetString(await RenderAsync(recut, new JsonLogRenderer()))
                );
            }
        }
        finally
        {
            File.Delete(recut);
        }
    }

    [Fact]
    public void Json_LongLine_IsCutBetweenCharacters()
    {
        using var renderer = new JsonLogRenderer();
        IShimLogConsumer consumer = renderer;
        var line = string.Concat(Enumerable.Repeat("a€𝄞", 20_000));

        consumer.Time("2026-11-30T21:00:00.000000000+00:00"u8);
        consumer.Stdout(Encoding.UTF8.GetBytes(line), endOfLine: true);

        var pieces = Encoding
            .UTF8.GetString(renderer.Rendered.Span)
            .TrimEnd('\n')
            .Split('\n')
            .Select(piece => JsonDocument.Parse(piece))
            .ToList();
        Assert.Equal(line, string.Concat(pieces.Select(piece => piece.RootElement.GetProperty("text").GetString())));
        Assert.All(pieces.SkipLast(1), piece => Assert.True(piece.RootElement.GetProperty("partial").GetBoolean()));
        Assert.False(pieces[^1].RootElement.TryGetProperty("partial", out _));
        Assert.True(pieces.Count > 8);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnyFormat_EndlessLine_TakesBoundedMemory(bool json)
    {
        using LogRenderer renderer = json ? new JsonLogRenderer() : new TextLogRenderer(isClaude: true);
        IShimLogConsumer consumer = renderer;
        var piece = Encoding.ASCII.GetBytes(new string('x', 8000));
        long written = 0;

        consumer.Stdout("{\"a\":\""u8, endOfLine: false);
        for (var i = 0; i < 2000; i++)
        {
            consumer.Stdout(piece, endOfLine: false);
            written += renderer.Rendered.Length;
            // What was held as a possible object comes out at once, when it turns out to be too long.
            Assert.True(renderer.Rendered.Length < 2 * LineBuffer.LongestObject);
            renderer.Clear();
        }

        Assert.True(written > 2000L * 8000 - 2 * LineBuffer.LongestObject);
    }

    [Fact]
    public void Text_ManyLinesThatOnlyLookLikeJson_AreStillShown()
    {
        using var renderer = new TextLogRenderer(isClaude: true);
        IShimLogConsumer consumer = renderer;

        for (var i = 0; i < 3000; i++)
        {
            consumer.Stdout("{\"a\":}"u8, endOfLine: true);
        }

        Assert.Equal(3000, Encoding.UTF8.GetString(renderer.Rendered.Span).Split("{\"a\":}\n").Length - 1);
    }

    [Fact]
    public void Since_EarlierLines_AreLeftOutAndStillKnown()
    {
        using var renderer = new TextLogRenderer(isClaude: true, new DateTimeOffset(2026, 1, 1, 0, 0, 5, TimeSpan.Zero));
        IShimLogConsumer consumer = renderer;

        consumer.Time("2026-01-01T00:00:04.000000000+00:00"u8);
        consumer.Stdout(
            """{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"make"}}]}}"""u8,
            endOfLine: true
        );
        consumer.Time("2026-01-01T00:00:05.000000000+00:00"u8);
        consumer.Stdout("more"u8, endOfLine: true);
        consumer.Stdout(
            """{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":"fine"}]}}"""u8,
            endOfLine: true
        );

        Assert.Equal("\nmore\n▸ Bash(make) ok: fine\n", Encoding.UTF8.GetString(renderer.Rendered.Span));
    }

    private static async Task CompareAsync(string name, string file, LogRenderer renderer)
    {
        var actual = Encoding.UTF8.GetString(await RenderAsync(LogCases.PathOf(name, "log"), renderer));
        var expected = LogCases.PathOf(name, file);
        if (!File.Exists(expected))
        {
            await File.WriteAllTextAsync(expected, actual);
            Assert.Fail($"{expected} was missing and is written now: review it, and copy it to the sources.");
        }

        Assert.Equal(await File.ReadAllTextAsync(expected), actual);
    }

    private static async Task<byte[]> RenderAsync(string path, LogRenderer renderer)
    {
        using (renderer)
        {
            await ShimLog.ReadAsync(path, renderer, CancellationToken.None);
            renderer.Finish();
            return renderer.Rendered.ToArray();
        }
    }

    // The same lines of the shim in other pieces of conmon.
    private static byte[] Recut(byte[] log, int length)
    {
        var output = new MemoryStream();
        foreach (var line in Lines(log))
        {
            var head = line.AsSpan(0, line.AsSpan().IndexOf(" stdout "u8) + " stdout "u8.Length);
            var whole = line[head.Length] == 'F';
            var content = line.AsSpan(head.Length + 2);
            while (content.Length > length)
            {
                output.Write(head);
                output.Write("P "u8);
                output.Write(content[..length]);
                output.Write("\n"u8);
                content = content[length..];
            }

            output.Write(head);
            output.Write(whole ? "F "u8 : "P "u8);
            output.Write(content);
            output.Write("\n"u8);
        }

        return output.ToArray();
    }

    private static IEnumerable<byte[]> Lines(byte[] log)
    {
        for (var start = 0; start < log.Length; )
        {
            var end = Array.IndexOf(log, (byte)'\n', start);
            yield return log[start..end];
            start = end + 1;
        }
    }

    private sealed class ClaudeLines : IShimLogConsumer, IDisposable
    {
        private readonly MemoryStream _line = new();

        public List<string> All { get; } = [];

        public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
        {
            _line.Write(piece);
            if (endOfLine)
            {
                All.Add(Encoding.UTF8.GetString(_line.ToArray()));
                _line.SetLength(0);
            }
        }

        public void Record(ShimRecord record, DateTimeOffset at)
        {
            // Not a line of the agent.
        }

        public void BadRecord() => Assert.Fail("A record cannot be read.");

        public void Dispose() => _line.Dispose();
    }
}
