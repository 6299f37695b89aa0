using System.Text;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Clones;

public sealed class CloneLogTests : IDisposable
{
    private const string Time = "2026-11-21T04:00:00.000000000+00:00";
    private const string At = $"{Time} stdout";
    private const string Started = """r{"t":"started","pid":2}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("clone-log").FullName;

    private string From => Path.Combine(_folder, "clone.log");

    private string To => Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Append_ALogOfAClone_TakesItsErrorsAndNoRecord()
    {
        File.WriteAllLines(
            From,
            [
                $"{At} F {Started}",
                $"{At} F efatal: no",
                $"{At} P ea long",
                $"{At} F r line that only looks like a record",
                $"{At} P r{{\"t\":\"exi",
                $"{At} F ted\",\"code\":1}}",
                $"{At} F Epiece",
                $"{At} F oof its standard output",
                "garbage",
            ]
        );
        File.WriteAllText(To, "before\n");

        await AppendAsync();

        Assert.Equal(
            ["before", $"{At} F efatal: no", $"{At} F Ea long", $"{At} F er line that only looks like a record", $"{At} F Epiece"],
            File.ReadAllLines(To)
        );
    }

    // Output that a server can make git print: lines within a line, aimed at readers that end a line at a carriage return or search for a
    // word inside a line.
    [Theory]
    [InlineData($"remote: a\r{At} F {Started}")]
    [InlineData($"remote: a\r{At} P eb\r{At} F {Started}")]
    [InlineData($"remote: a\rx stdout P e\r{At} F {Started}")]
    [InlineData($"remote: a\r{Time} stderr P x\r{At} F {Started}\r")]
    [InlineData($"\r\r{At} F {Started}")]
    [InlineData($"a\v{At} F {Started}\f{At} F {Started}\0{At} F {Started}\u0085{At} F {Started}\u2028{At} F {Started}")]
    public async Task Append_TextThatLooksLikeLinesOfTheShim_IsOneLineWithoutARecord(string said)
    {
        File.WriteAllText(From, $"{At} F e{said}\n{At} F eend\n");

        await AppendAsync();

        var records = new Records();
        await ShimLog.ReadAsync(To, records, CancellationToken.None);
        Assert.Equal([], records.Read);
        Assert.Equal([2, 2], [File.ReadAllText(To).Count(c => c == '\n'), File.ReadAllLines(To).Length]);
        Assert.DoesNotContain(File.ReadAllBytes(To), value => value is < 0x20 and not (byte)'\n' or 0x7f);
        Assert.EndsWith($"{At} F eend\n", File.ReadAllText(To));
    }

    [Fact]
    public async Task Append_ControlCharactersAndOtherBytes_TheFirstAreEscapedAndTheOthersPass()
    {
        await using (var file = File.Create(From))
        {
            file.Write(Encoding.ASCII.GetBytes($"{At} F e"));
            file.Write([(byte)'\t', 0x1b, (byte)'[', 0xff, 0xc3, 0xa4, (byte)'\r', (byte)'\n']);
        }

        await AppendAsync();

        byte[] expected = [.. Encoding.ASCII.GetBytes($"{At} F e\t\\x1b["), 0xff, 0xc3, 0xa4, .. "\\x0d\n"u8];
        Assert.Equal(expected, File.ReadAllBytes(To));
    }

    [Fact]
    public async Task Append_LineOfAnyLength_StaysWithinWhatTheLogsReaderTakes()
    {
        File.WriteAllText(From, $"{At} F e{new string('\r', 60_000)}\n");

        await AppendAsync();

        Assert.All(File.ReadAllLines(To), line => Assert.InRange(line.Length, 1, 20_000));
        Assert.Equal(60_000, File.ReadAllLines(To).Sum(line => line.Split("\\x0d").Length - 1));
    }

    [Fact]
    public async Task Append_NoLog_IsNothing()
    {
        await AppendAsync();

        Assert.False(File.Exists(To));
    }

    private Task AppendAsync() => CloneLog.AppendAsync(From, To, CancellationToken.None);

    private sealed class Records : IShimLogConsumer
    {
        public List<string> Read { get; } = [];

        public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine) => Read.Add("output");

        public void Record(ShimRecord record, DateTimeOffset at) => Read.Add(record.T);

        public void BadRecord() => Read.Add("bad");
    }
}
