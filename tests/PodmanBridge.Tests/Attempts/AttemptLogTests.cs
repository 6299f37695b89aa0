using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Tests.Agents;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptLogTests : IDisposable
{
    private const string Digest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Envelope =
        $$$"""{"type":"result","subtype":"success","is_error":false,"session_id":"{{{Specs.Session}}}","result":"done"}""";

    private static readonly AttemptSpec Command = Specs.Attempt with { Command = ["true"] };

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Output_MiddleCutOut_HasLengthAndDigestOfTheWhole()
    {
        Write("ohead", """r{"t":"truncated","stream":"stdout","omitted":1000}""", "otail", Exited(1010));

        using var log = await Logs.ReadAsync(_path, Command, CancellationToken.None);

        Assert.Equal(
            new RunResult
            {
                Text = "head\ntail\n",
                Truncated = true,
                Bytes = 1010,
                Sha256 = Digest,
            },
            log.Output
        );
    }

    [Fact]
    public async Task Output_ShimThatSaidNoLastWord_IsWhatTheLogHas()
    {
        Write("ohello");

        using var log = await Logs.ReadAsync(_path, Command, CancellationToken.None);

        Assert.False(log.Complete);
        Assert.Equal((6, false), (log.Output!.Bytes!.Value, log.Output.Truncated!.Value));
        Assert.Equal("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", log.Output.Sha256);
    }

    [Fact]
    public async Task ReadOnAsync_LogThatGrows_TakesWhatIsNew()
    {
        Write("ohel");
        using var log = await Logs.ReadAsync(_path, Command, CancellationToken.None);
        await File.AppendAllTextAsync(_path, Line("olo")[..20], CancellationToken.None);
        await log.ReadOnAsync(_path, CancellationToken.None);
        await File.AppendAllTextAsync(_path, Line("olo")[20..] + Line(Exited(7)), CancellationToken.None);
        await log.ReadOnAsync(_path, CancellationToken.None);

        Assert.True(log.Complete);
        Assert.Equal("hel\nlo\n", log.Output!.Text);
    }

    [Fact]
    public async Task Claude_LineThatLostItsEnd_DoesNotSpoilTheEnvelope()
    {
        Write(
            """O{"type":"assistant","message":{"te""",
            """r{"t":"truncated","stream":"stdout","omitted":9}""",
            "o" + Envelope,
            Exited(500)
        );

        using var log = await Logs.ReadAsync(_path, Specs.Attempt with { Claude = new ClaudeOptions() }, CancellationToken.None);

        Assert.True(log.Truncated);
        Assert.Equal("done", log.Claude!.Result().Text);
        Assert.Null(log.Output);
    }

    [Fact]
    public async Task Output_ListOfEventsThatLostSome_HasNeitherLengthNorDigest()
    {
        Write("o{}", """r{"t":"truncated","stream":"stdout","omitted":9}""", "o{}", Exited(500));

        using var log = await Logs.ReadAsync(
            _path,
            Specs.Attempt with
            {
                Claude = new ClaudeOptions { OutputFormat = ClaudeChoices.Json, Verbose = true },
            },
            CancellationToken.None
        );

        Assert.Equal(new RunResult { Text = "[{},{}]", Truncated = true }, log.Output);
    }

    [Fact]
    public async Task Record_ThatIsNone_DoesNotSpoilTheEnd()
    {
        Write("ohello", """r{"t":"exited","code":""", Exited(6));

        using var log = await Logs.ReadAsync(_path, Command, CancellationToken.None);

        Assert.Equal((1, 0, "hello\n"), (log.BadRecords, log.Exit!.Code, log.Output!.Text));
    }

    private static string Exited(long bytes) =>
        $$$"""r{"t":"exited","code":0,"by":"agent","stdoutBytes":{{{bytes}}},"stdoutSha256":"{{{Digest}}}","stderrBytes":0,"truncated":true}""";

    private static string Line(string content) => $"2026-01-02T03:04:05.000000006+00:00 stdout F {content}\n";

    private void Write(params string[] lines) =>
        File.WriteAllBytes(_path, Encoding.UTF8.GetBytes(string.Concat(lines.Prepend("""r{"t":"started","pid":2}""").Select(Line))));
}
