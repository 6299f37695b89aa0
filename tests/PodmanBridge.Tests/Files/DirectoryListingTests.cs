using System.Text;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Files;

namespace Stromboli.PodmanBridge.Tests.Files;

public sealed class DirectoryListingTests
{
    [Fact]
    public void ToJson_Page_IsTheFormatOfTheApi()
    {
        var time = new DateTimeOffset(2026, 11, 30, 20, 30, 5, TimeSpan.Zero).AddTicks(1234567);
        var page = new FilePage(
            [
                new FileEntry("dir", new FileFacts(default, 0x41ed, 2, 4096, time)),
                new FileEntry("é\n", new FileFacts(default, 0x81a0, 1, 12, time)),
                new FileEntry("hard", new FileFacts(default, 0x8fff, 2, 3, time)),
                new FileEntry("link", new FileFacts(default, 0xa1ff, 1, 11, time)),
                new FileEntry("tty", new FileFacts(default, 0x2180, 1, 0, time)),
            ],
            Next: 7
        );

        var json = Encoding.UTF8.GetString(new DirectoryListing("a/b"u8.ToArray(), time, page).ToJson().Span);

        const string at = "2026-11-30T20:30:05.1234567Z";
        Assert.Equal(
            $$"""{"path":"a/b","modified":"{{at}}","entries":["""
                + $$"""{"name":"dir","type":"directory","bytes":0,"mode":"0755","modified":"{{at}}"},"""
                + $$"""{"name":"é\n","type":"file","bytes":12,"mode":"0640","modified":"{{at}}"},"""
                + $$"""{"name":"hard","type":"hardlink","bytes":3,"mode":"7777","modified":"{{at}}"},"""
                + $$"""{"name":"link","type":"symlink","bytes":0,"mode":"0777","modified":"{{at}}"},"""
                + $$"""{"name":"tty","type":"device","bytes":0,"mode":"0600","modified":"{{at}}"}],"continue":7}""",
            json
        );
    }

    [Theory]
    [InlineData(long.MinValue, 1)]
    [InlineData(long.MaxValue, 9999)]
    public void Read_TimeThatNoCalendarHas_IsTheNearest(long seconds, int year)
    {
        var bytes = new byte[FileFacts.EncodedLength];
        BitConverter.TryWriteBytes(bytes.AsSpan(32), seconds);
        BitConverter.TryWriteBytes(bytes.AsSpan(40), uint.MaxValue);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), ulong.MaxValue);

        var facts = FileFacts.Read(bytes);

        Assert.Equal((year, long.MaxValue), (facts.Modified.Year, facts.Size));
        Assert.Equal(new FileIdentity(0, 0), facts.Identity);
    }
}
