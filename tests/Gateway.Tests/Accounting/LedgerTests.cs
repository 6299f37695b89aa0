using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Tests.Accounting;

public sealed class LedgerTests : IDisposable
{
    private static readonly ModelPrice[] Prices =
    [
        new()
        {
            Model = "claude-*",
            Input = 3,
            Output = 15,
            CacheRead = 0.3m,
            CacheWrite = 3.75m,
            CacheWriteHour = 6,
        },
        new()
        {
            Model = "claude-opus-5",
            Input = 5,
            Output = 25,
            CacheRead = 0.5m,
            CacheWrite = 6.25m,
            CacheWriteHour = 10,
        },
        new()
        {
            Model = "",
            Input = 1000,
            Output = 1000,
            CacheRead = 0,
            CacheWrite = 0,
            CacheWriteHour = 0,
        },
    ];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"ledger-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Open_AfterAKill_HasWhatWasNotedAndKnowsWhatIsMissing()
    {
        var killed = Ledger.Open(_path, TimeProvider.System);
        Settle(killed, "claude-a", new() { Input = 10, Output = 5 });
        var half = killed.Begin("claude-a", 1000, 100);
        killed.Note(half, "claude-a", new() { Input = 7, Output = 1 }, settled: false);
        killed.Begin("claude-b", 1000, 100);
        // No Dispose: the file is as a killed process leaves it, with half a line more.
        using (var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write("{\"id\":4,\"model\":\"cl"u8);
        }

        File.Copy(_path, _path + ".copy");
        try
        {
            using var ledger = Ledger.Open(_path + ".copy", TimeProvider.System);
            var totals = ledger.Totals(Prices);

            Assert.Equal(new() { Input = 17, Output = 6 }, totals.Tokens);
            Assert.Equal(3, totals.Requests);
            Assert.Equal(2, totals.Unsettled);
            Assert.Equal(4, ledger.Begin("claude-a", 0, 0));
        }
        finally
        {
            File.Delete(_path + ".copy");
            killed.Dispose();
        }
    }

    [Fact]
    public void Open_TornLine_IsReplacedByTheNextOne()
    {
        File.WriteAllText(
            _path,
            "{\"id\":1,\"model\":\"claude-a\",\"usage\":{\"input\":1,\"output\":2},\"settled\":true}\n{\"id\":2,\"mod"
        );
        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            Settle(ledger, "claude-a", new() { Input = 10 });
        }

        using var again = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal(new() { Input = 11, Output = 2 }, again.Totals(Prices).Tokens);
        Assert.Equal(0, again.Totals(Prices).Unsettled);
    }

    [Fact]
    public void Open_Junk_IsPassedOver()
    {
        File.WriteAllText(
            _path,
            "\n\0\0\0\nnull\n[]\n{\"id\":\"x\"}\n{\"id\":1,\"model\":\"claude-a\",\"usage\":{\"input\":1},\"settled\":true}\n"
        );

        using var ledger = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal(1, ledger.Totals(Prices).Tokens.Input);
        Assert.Equal(1, ledger.Totals(Prices).Requests);
    }

    [Fact]
    public void Open_LastFailure_IsRemembered()
    {
        var failure = new ModelFailure(RunReason.RateLimited, "the model answered 429");
        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            var first = ledger.Begin("m", 0, 0);
            var second = ledger.Begin("m", 0, 0);
            ledger.Answered(second, null);
            ledger.End(second);
            ledger.Answered(first, failure);
            ledger.End(first);
            Assert.Equal(failure, ledger.Totals(Prices).LastFailure);
        }

        using var again = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal(failure, again.Totals(Prices).LastFailure);
    }

    [Fact]
    public void Open_File_IsItsOwnersAlone()
    {
        using var ledger = Ledger.Open(_path, TimeProvider.System);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Theory]
    [InlineData("claude-sonnet-5", 3.0)]
    [InlineData("claude-opus-5", 5.0)]
    [InlineData("claude-opus-5-20260601", 5.0)]
    [InlineData("claude-opus", 3.0)]
    [InlineData("gpt", null)]
    public void Totals_Cost_IsByTheModelsPrice(string model, double? dollars)
    {
        using var ledger = Ledger.Open(_path, TimeProvider.System);
        Settle(ledger, model, new() { Input = 1_000_000 });

        Assert.Equal((decimal?)dollars, ledger.Totals(Prices).CostUSD);
    }

    [Fact]
    public void Totals_EachKindOfToken_HasItsPrice()
    {
        using var ledger = Ledger.Open(_path, TimeProvider.System);
        Settle(
            ledger,
            "claude-a",
            new()
            {
                Input = 1000,
                Output = 1000,
                CacheRead = 1000,
                CacheWrite = 1000,
                CacheWriteHour = 1000,
            }
        );

        Assert.Equal(0.02805m, ledger.Totals(Prices).CostUSD);
    }

    [Fact]
    public void Totals_UnpricedModelThatUsedNothing_DoesNotSpoilTheCost()
    {
        using var ledger = Ledger.Open(_path, TimeProvider.System);
        Settle(ledger, "unknown", TokenUsage.Zero);
        Settle(ledger, "claude-a", new() { Output = 1_000_000 });

        Assert.Equal(15m, ledger.Totals(Prices).CostUSD);
        Assert.Equal("claude-a", ledger.Totals(Prices).Model);
    }

    [Fact]
    public void Totals_NothingYet_CostsNothing()
    {
        using var ledger = Ledger.Open(_path, TimeProvider.System);

        Assert.Equal(0m, ledger.Totals([]).CostUSD);
        Assert.Null(ledger.Totals([]).Model);
    }

    [Fact]
    public async Task Note_ManyThreads_LosesNothing()
    {
        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, 200),
                (i, _) =>
                {
                    Settle(ledger, $"claude-{i % 3}", new() { Input = 1, Output = 2 });
                    return ValueTask.CompletedTask;
                }
            );
            Assert.Equal(new() { Input = 200, Output = 400 }, ledger.Totals(Prices).Tokens);
        }

        using var again = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal(new() { Input = 200, Output = 400 }, again.Totals(Prices).Tokens);
        Assert.Equal(200, again.Totals(Prices).Requests);
    }

    [Fact]
    public void End_ManyRequests_KeepsTheFileBoundedAndLosesNothing()
    {
        var largest = 0L;
        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            var open = ledger.Begin("claude-open", 0, 0);
            ledger.Note(open, "claude-open", new() { Input = 1 }, settled: false);
            for (var i = 0; i < 5000; i++)
            {
                Settle(ledger, $"claude-{i}-{new string('x', 200)}", new() { Input = 1, Output = 2 });
                largest = Math.Max(largest, new FileInfo(_path).Length);
            }

            Assert.Equal(new() { Input = 5001, Output = 10_000 }, ledger.Totals(Prices).Tokens);
            Assert.Equal(new(15_001, 0), ledger.Totals(Prices).Charged);
        }

        Assert.InRange(largest, Ledger.CompactAfter, Ledger.MostBytes - 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        Assert.False(File.Exists(_path + ".new"));
        using var again = Ledger.Open(_path, TimeProvider.System);
        var totals = again.Totals(Prices);
        Assert.Equal(new() { Input = 5001, Output = 10_000 }, totals.Tokens);
        Assert.Equal(new(15_001, 0), totals.Charged);
        Assert.Equal((5001, 1, LedgerSums.MostModels + 1), (totals.Requests, totals.Unsettled, totals.ByModel.Count));
        Assert.Equal(5002, again.Begin("m", 0, 0));
    }

    [Fact]
    public void Open_FileOfAnyLength_IsReadAPieceAtATime()
    {
        // As an earlier bridge wrote it, that never compacted: longer than a request can make it now, with a line that is longer than any
        // should be.
        using (var writer = new StreamWriter(_path))
        {
            writer.WriteLine(new string('x', 300_000));
            for (var i = 1; i <= 20_000; i++)
            {
                writer.WriteLine(
                    $$"""{"id":{{i}},"model":"claude-a","maxOutput":1000,"inputBytes":5000,"settled":false,"reservedTokens":6000,"reservedUSD":0.1,"answered":false,"openMs":0}"""
                );
                writer.WriteLine(
                    $$"""{"id":{{i}},"model":"claude-a","usage":{"input":1,"output":2},"settled":true,"answered":true,"openMs":{{i}}}"""
                );
            }
        }

        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            Assert.Equal(new() { Input = 20_000, Output = 40_000 }, ledger.Totals(Prices).Tokens);
            Assert.Equal(
                (20_000, 0, 20_000),
                (ledger.Totals(Prices).Requests, ledger.Totals(Prices).Unsettled, ledger.Totals(Prices).ApiDurationMs)
            );
            Settle(ledger, "claude-a", new() { Input = 1 });
        }

        Assert.InRange(new FileInfo(_path).Length, 1, Ledger.MostBytes);
        using var again = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal(20_001, again.Totals(Prices).Tokens.Input);
    }

    [Fact]
    public void Note_OneRequestThatTellsAgainAndAgain_KeepsTheFileBounded()
    {
        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            var id = ledger.Begin("claude-a", 0, 0);
            for (var i = 1; i <= 5000; i++)
            {
                ledger.Note(id, "claude-a", new() { Output = i }, settled: false);
            }

            Assert.InRange(new FileInfo(_path).Length, 1, Ledger.MostBytes);
        }

        using var again = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal((5000, 1), (again.Totals(Prices).Tokens.Output, again.Totals(Prices).Requests));
    }

    [Fact]
    public void Refused_AsOftenAsAnAgentLikes_IsOneLine()
    {
        using (var ledger = Ledger.Open(_path, TimeProvider.System))
        {
            for (var i = 0; i < 10_000; i++)
            {
                ledger.Refused(new ModelFailure(RunReason.BudgetExceeded, $"it was refused ({i})"));
            }

            Assert.Equal("it was refused (9999)", ledger.Totals(Prices).LastFailure!.Message);
            Assert.Equal(0, ledger.Totals(Prices).Requests);
        }

        Assert.InRange(new FileInfo(_path).Length, 1, 200);
        using var again = Ledger.Open(_path, TimeProvider.System);
        Assert.Equal(RunReason.BudgetExceeded, again.Totals(Prices).LastFailure!.Reason);
    }

    private static void Settle(Ledger ledger, string model, TokenUsage usage)
    {
        var id = ledger.Begin(model, 0, 0);
        ledger.Note(id, model, usage, settled: true);
        ledger.End(id);
    }
}
