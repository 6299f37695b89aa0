using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Stromboli.PodmanBridge.Conversations;
using Stromboli.PodmanBridge.Files;
using Stromboli.PodmanBridge.Tests.Files;

namespace Stromboli.PodmanBridge.Tests.Conversations;

/// <summary>Pages of real files, read by the real reader.</summary>
public sealed class TranscriptPagesTests : IDisposable
{
    private const string Conversation = "31e8203e-6735-4e17-bb5b-f11f2acdbf31";
    private const string Other = """{"type":"attachment","attachment":{}}""";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _home = Directory.CreateTempSubdirectory("transcript").FullName;
    private readonly TranscriptPages _pages = new();

    private string Project => Path.Combine(_home, ".claude", "projects", "-workspace");

    private string File => Path.Combine(Project, $"{Conversation}.jsonl");

    public TranscriptPagesTests() => Directory.CreateDirectory(Project);

    public void Dispose()
    {
        _pages.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Make_Pages_FitTogetherWhileTheFileGrows()
    {
        Append([Message(0), Other, Message(1), Message(2), Other, Message(3), "{\"type\":\"user\",\"mess"], end: "");

        var first = await PageAsync(0, 2);
        var second = await PageAsync(2, 2);
        Append(["""age":{"content":"4"}}""", Message(5), "", Message(6)]);
        var third = await PageAsync(4, 2);
        var fourth = await PageAsync(6, 2);
        var beyond = await PageAsync(100, 2);
        var again = await PageAsync(0, 2);

        Assert.Equal((["0", "1"], 2L), first, Pages);
        Assert.Equal((["2", "3"], null), second, Pages);
        Assert.Equal((["4", "5"], 6L), third, Pages);
        Assert.Equal((["6"], null), fourth, Pages);
        Assert.Equal(([], null), beyond, Pages);
        Assert.Equal(first, again, Pages);
    }

    [Fact]
    public async Task Make_FileThatIsAnotherOrShorter_IsReadAgain()
    {
        Append([.. Enumerable.Range(0, 10).Select(Message)]);
        await PageAsync(5, 2);

        System.IO.File.WriteAllText(File, string.Join('\n', Message(20), Message(21), ""));
        var shorter = await PageAsync(0, 5);
        System.IO.File.Delete(File);
        Append([.. Enumerable.Range(30, 10).Select(Message)]);
        var another = await PageAsync(8, 5);
        // As long as before, but the place where reading went on is in the middle of a line.
        System.IO.File.WriteAllText(File, Message(40) + new string(' ', 2000) + "\n" + Message(41) + "\n");
        var rewritten = await PageAsync(0, 5);

        Assert.Equal((["20", "21"], null), shorter, Pages);
        Assert.Equal((["38", "39"], null), another, Pages);
        Assert.Equal((["40", "41"], null), rewritten, Pages);
    }

    [Fact]
    public async Task Make_ManyMessages_IndexHasABound()
    {
        const int count = 30_000;
        Append([.. Enumerable.Range(0, count).Select(Message)]);

        Assert.Equal((Numbers(29_990, 10), null), await PageAsync(29_990, 50), Pages);
        Assert.Equal((Numbers(12_345, 7), 12_352L), await PageAsync(12_345, 7), Pages);
        Assert.Equal((Numbers(0, 3), 3L), await PageAsync(0, 3), Pages);
        Assert.Equal(500, (await PageAsync(1, 500)).Texts.Count);
    }

    [Fact]
    public void Index_OfAnyLength_KeepsFewOffsets()
    {
        var index = new TranscriptIndex(default);
        for (var i = 0L; i < 100_000; i++)
        {
            index.Add(i * 10, (i * 10) + 10, isMessage: true);
        }

        Assert.Equal((100_000L, 1_000_000L), (index.Messages, index.Scanned));
        foreach (var message in new long[] { 0, 1, 31, 32, 33, 54_321, 99_999 })
        {
            var (number, offset) = index.Nearest(message);
            Assert.Equal(number * 10, offset);
            Assert.InRange(message - number, 0, 31);
        }
    }

    [Fact]
    public async Task Make_HostileLines_AreLeftOutWithASentence()
    {
        Append([Message(0), "no json", "\0\0", new string('[', 10_000), Message(1)]);
        using (var file = new FileStream(File, FileMode.Append))
        {
            // One line of 100 MB, most of it a hole.
            file.SetLength(file.Length + 100_000_000);
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes("\n" + Message(2) + "\n"));
        }

        var (texts, next) = await PageAsync(0, 50);

        Assert.Null(next);
        const string start = "A line of the transcript is left out: it ";
        Assert.Equal(
            [
                "0",
                start + "is no JSON object, or nested deeper than 64.",
                start + "is no JSON object, or nested deeper than 64.",
                start + "is no JSON object, or nested deeper than 64.",
                "1",
                start + "has 100000000 bytes, and 8388608 are read.",
                "2",
            ],
            texts
        );
    }

    [Theory]
    [InlineData("ln -s /etc/passwd $F", nameof(FileProblem.LinkMet))]
    [InlineData("mkfifo $F", nameof(FileProblem.Special))]
    [InlineData("echo > x; ln x $F", nameof(FileProblem.HardLink))]
    [InlineData("cd ..; rmdir -- -workspace; cd ..; rmdir projects; ln -s /etc projects", nameof(FileProblem.LinkMet))]
    public async Task Open_TranscriptThatIsNone_IsRefused(string script, string problem)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = Project, Environment = { ["F"] = File } }
        )!;
        await process.WaitForExitAsync(None);
        Assert.Equal(0, process.ExitCode);

        var error = await Assert.ThrowsAsync<FileTreeException>(() => PageAsync(0, 1));

        Assert.Equal(problem, error.Problem.ToString());
    }

    [Fact]
    public async Task Open_LatestConversationWithoutTranscript_FindsTheOneBefore()
    {
        Append([Message(0)]);
        await using var tree = ReaderProgram.Open(_home);

        var found = await TranscriptFinder.OpenAsync(
            tree,
            ["7a1d7a3c-27d0-4b7e-8f53-2b2ad64d5d3b", "../../etc/passwd", Conversation],
            None
        );
        var none = await TranscriptFinder.OpenAsync(tree, ["7a1d7a3c-27d0-4b7e-8f53-2b2ad64d5d3b"], None);

        Assert.Equal(Conversation, found!.Value.Conversation);
        Assert.Null(none);
    }

    // Not a verdict: it tells what a page costs on this machine.
    [Fact]
    public async Task Make_LongTranscript_TakesHowLong()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("STROMBOLI_MEASURE") is { Length: > 0 }, "set STROMBOLI_MEASURE=1 to measure");
        var text = new string('x', 2000);
        using (var file = new StreamWriter(File))
        {
            for (var i = 0; file.BaseStream.Length < 100_000_000; i++)
            {
                file.WriteLine(Message($"{i} {text}"));
                file.Flush();
            }
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (
            var (what, offset) in new[]
            {
                ("first page, cold", 0),
                ("far page, cold", 45_000),
                ("far page", 45_100),
                ("middle page", 20_000),
                ("first page", 0),
            }
        )
        {
            var began = Stopwatch.GetTimestamp();
            var page = await PageAsync(offset, 50);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{what}: {page.Texts.Count} messages in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms"
            );
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"memory kept: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024} KiB"
        );
    }

    private static string[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"{i}")];

    private static string Message(int number) => Message($"{number}");

    private static string Message(string text) => $$$"""{"type":"user","message":{"role":"user","content":"{{{text}}}"}}""";

    private static bool Pages((IReadOnlyList<string> Texts, long? Next) one, (IReadOnlyList<string> Texts, long? Next) other) =>
        one.Texts.SequenceEqual(other.Texts) && one.Next == other.Next;

    private void Append(string[] lines, string end = "\n") => System.IO.File.AppendAllText(File, string.Join('\n', lines) + end);

    private async Task<(IReadOnlyList<string> Texts, long? Next)> PageAsync(long offset, int limit)
    {
        await using var tree = ReaderProgram.Open(_home);
        var (conversation, facts) = (await TranscriptFinder.OpenAsync(tree, [Conversation], None))!.Value;
        using var json = JsonDocument.Parse(await _pages.MakeAsync("session", conversation, tree, facts, offset, limit, None));
        var messages = json.RootElement.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, messages.Count).Select(i => offset + i), messages.Select(m => m.GetProperty("index").GetInt64()));
        return (
            [.. messages.Select(message => message.GetProperty("text").GetString()!)],
            json.RootElement.TryGetProperty("continue", out var next) ? next.GetInt64() : null
        );
    }
}
