using Stromboli.Gateway.Git.Protocol;
using static Stromboli.Gateway.Tests.Git.Pushes.Packets;

namespace Stromboli.Gateway.Tests.Git.Pushes;

public sealed class PushReportReaderTests
{
    private static readonly PushCommand[] Commands = [new(Zero, One, "refs/heads/stromboli/x"), new(One, Two, "refs/heads/stromboli/y")];

    [Fact]
    public void Report_IsReadHoweverItIsSplit()
    {
        var report = Bytes("<unpack ok\n><ok refs/heads/stromboli/x\n><ng refs/heads/stromboli/y no\n>0000");
        // Every byte in a band of its own, with progress between them, as some servers do.
        var split = report
            .SelectMany(value => Bytes("<\x02progress>").Concat(Bytes($"<\x01{(char)value}>")))
            .Concat("0000"u8.ToArray())
            .ToArray();

        foreach (var (bytes, hasSideBand) in new[] { (report, false), (InBand(report), true), (split, true) })
        {
            for (var cut = 0; cut < bytes.Length; cut += 7)
            {
                var reader = new PushReportReader(hasSideBand);
                reader.Feed(bytes.AsSpan(0, cut));
                reader.Feed(bytes.AsSpan(cut));
                Assert.Equal([new AcceptedPush("stromboli/x", One, null, IsAsAsked: true)], reader.Accepted(Commands));
            }
        }
    }

    [Theory]
    [InlineData("what was not pushed", "<unpack ok\n><ok refs/heads/main\n>0000")]
    [InlineData("not unpacked", "<unpack failed\n><ok refs/heads/stromboli/x\n>0000")]
    [InlineData("says nothing of unpacking", "<ok refs/heads/stromboli/x\n>0000")]
    [InlineData("both", "<unpack ok\n><ok refs/heads/stromboli/x\n><ng refs/heads/stromboli/x no\n>0000")]
    [InlineData("cut short", "<unpack ok\n><ok refs/heads/stromboli/x\n>")]
    [InlineData("after its end", "<unpack ok\n>0000<ok refs/heads/stromboli/x\n>0000")]
    [InlineData("no packets", "HTTP/1.1 200 OK")]
    [InlineData("options of nothing", "<option refname refs/heads/main\n><unpack ok\n>0000")]
    public void Report_ThatLies_SaysNothing(string how, string packets)
    {
        Assert.NotEmpty(how);
        var report = new PushReportReader(hasSideBand: false);
        report.Feed(Bytes(packets));

        Assert.Empty(report.Accepted(Commands));
    }

    [Fact]
    public void Report_OfARenamedRef_IsFollowed()
    {
        var report = new PushReportReader(hasSideBand: false);
        report.Feed(
            Bytes(
                $"<unpack ok\n><ok refs/heads/stromboli/x\n><option refname refs/pull/7/head\n><option old-oid {Two}\n><option new-oid {One}\n><option forced-update\n><ok refs/heads/stromboli/y\n><option new-oid lies\n>0000"
            )
        );

        Assert.Equal(
            [new AcceptedPush("refs/pull/7/head", One, Two, IsAsAsked: false), new AcceptedPush("stromboli/y", Two, One, IsAsAsked: true)],
            report.Accepted(Commands)
        );
    }

    [Fact]
    public void Report_WithoutEnd_IsBounded()
    {
        var report = new PushReportReader(hasSideBand: false);
        var line = Bytes("<ok refs/heads/stromboli/x\n>");
        report.Feed(Bytes("<unpack ok\n>"));
        for (var i = 0; i < 100_000; i++)
        {
            report.Feed(line);
        }

        report.Feed("0000"u8);

        Assert.Empty(report.Accepted(Commands));
    }

    [Fact]
    public void Report_OfRandomBytes_BreaksNothing()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            var report = new PushReportReader(hasSideBand: i % 2 == 0);
            report.Feed("0009\u0001"u8);
            report.Feed(bytes);

            Assert.Empty(report.Accepted(Commands));
        }
    }
}
