using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ShimLogTests : IDisposable
{
    private const string Time = "2026-01-02T03:04:05.000000006+00:00";

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task ReadAsync_WholeLines_ArriveInOrder()
    {
        var read = await ReadAsync(
            Line("stdout F r{\"t\":\"started\"}"),
            Line("stdout F ohello"),
            Line("stdout F eto the log"),
            Line("stdout F o")
        );

        Assert.Equal(["record started", "line hello", "line "], read);
    }

    [Fact]
    public async Task ReadAsync_LineCutByConmon_IsOneLine()
    {
        var read = await ReadAsync(Line("stdout P oone "), Line("stdout P two "), Line("stdout F three"), Line("stdout F onext"));

        Assert.Equal(["piece one ", "piece two ", "line three", "line next"], read);
    }

    [Fact]
    public async Task ReadAsync_RecordCutByConmon_IsOneRecord()
    {
        var read = await ReadAsync(Line("stdout P r{\"t\":\"exi"), Line("stdout F ted\",\"code\":3}"));

        Assert.Equal(["record exited 3"], read);
    }

    [Fact]
    public async Task ReadAsync_PieceWithoutEndOfLine_GoesOn()
    {
        var read = await ReadAsync(Line("stdout F Ohalf "), Line("stdout F oline"));

        Assert.Equal(["piece half ", "line line"], read);
    }

    [Fact]
    public async Task ReadAsync_LineOfTheAgentThatLooksLikeARecord_IsOutput()
    {
        var read = await ReadAsync(Line("stdout F or{\"t\":\"exited\",\"code\":0}"));

        Assert.Equal(["line r{\"t\":\"exited\",\"code\":0}"], read);
    }

    [Fact]
    public async Task ReadAsync_ShimsOwnStandardError_IsLeftOut()
    {
        var read = await ReadAsync(Line("stderr F r{\"t\":\"exited\",\"code\":0}"), Line("stdout F ox"));

        Assert.Equal(["line x"], read);
    }

    [Fact]
    public async Task ReadAsync_LastLineStillBeingWritten_IsLeftOut()
    {
        var read = await ReadAsync(Line("stdout F ox"), Time + " stdout F ohal");

        Assert.Equal(["line x"], read);
    }

    [Fact]
    public async Task ReadAsync_AnyBytes_PassUnchanged()
    {
        await using (var file = File.Create(_path))
        {
            file.Write(Encoding.ASCII.GetBytes(Time + " stdout F o"));
            file.Write([0, 0xff, 0xfe, 1]);
            file.Write("\n"u8);
        }

        var bytes = new List<byte>();
        await ShimLog.ReadAsync(_path, new Bytes(bytes), CancellationToken.None);

        Assert.Equal([0, 0xff, 0xfe, 1], bytes);
    }

    [Theory]
    [InlineData("r{\"t\":")]
    [InlineData("rnull")]
    [InlineData("r{}")]
    [InlineData("r[]")]
    [InlineData("r{\"t\":\"exited\",\"code\":\"none\"}")]
    [InlineData("r")]
    public async Task ReadAsync_RecordThatIsNone_IsLeftOutAndTheRestIsRead(string bad)
    {
        var read = await ReadAsync(Line("stdout F " + bad), Line("stdout F ox"), Line("stdout F r{\"t\":\"exited\",\"code\":0}"));

        Assert.Equal(["bad", "line x", "record exited 0"], read);
    }

    [Fact]
    public async Task ReadAsync_RecordLongerThanAny_IsLeftOut()
    {
        var piece = Line("stdout P " + new string('a', 8000));

        Assert.Equal(
            ["bad", "line x"],
            await ReadAsync([Line("stdout P r"), .. Enumerable.Repeat(piece, 100), Line("stdout F a"), Line("stdout F ox")])
        );
    }

    [Fact]
    public async Task ReadAsync_LineLongerThanConmonWrites_IsLeftOut() =>
        Assert.Equal(["bad", "line x"], await ReadAsync(Line("stdout F o" + new string('a', 200_000)), Line("stdout F ox")));

    // Text that conmon did not write neither begins a line nor continues one.
    [Theory]
    [InlineData("some garbage stdout F r{\"t\":\"started\"}\n")]
    [InlineData("x stdout X r{\"t\":\"started\"}\n")]
    [InlineData("x stdout Fr{\"t\":\"started\"}\n")]
    [InlineData(Time + " stdoutF r{\"t\":\"started\"}\n")]
    [InlineData(Time + "\n")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task ReadAsync_LineOfAnotherForm_IsLeftOut(string line)
    {
        Assert.Equal(
            ["line x", "piece a", "line b"],
            await ReadAsync(line, Line("stdout F ox"), Line("stdout P oa"), line, Line("stdout F b"))
        );
    }

    [Fact]
    public async Task ReadAsync_CarriageReturn_EndsNoLine()
    {
        var read = await ReadAsync(Line($"stdout F ea\r{Time} stdout P e\r{Time} stdout F r{{\"t\":\"started\"}}"), Line("stdout F ox"));

        Assert.Equal(["line x"], read);
    }

    private static string Line(string rest) => $"{Time} {rest}\n";

    private async Task<List<string>> ReadAsync(params string[] lines)
    {
        await File.WriteAllTextAsync(_path, string.Concat(lines));
        var recorder = new Recorder();
        await ShimLog.ReadAsync(_path, recorder, CancellationToken.None);
        return recorder.Read;
    }

    private sealed class Recorder : IShimLogConsumer
    {
        public List<string> Read { get; } = [];

        public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine) =>
            Read.Add($"{(endOfLine ? "line" : "piece")} {Encoding.UTF8.GetString(piece)}");

        public void Record(ShimRecord record, DateTimeOffset at) =>
            Read.Add($"record {record.T}{(record.Code is { } code ? $" {code}" : "")}");

        public void BadRecord() => Read.Add("bad");
    }

    private sealed class Bytes(List<byte> bytes) : IShimLogConsumer
    {
        public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine) => bytes.AddRange(piece);

        public void Record(ShimRecord record, DateTimeOffset at) => Assert.Fail("There is no record.");

        public void BadRecord() => Assert.Fail("There is no record.");
    }
}
