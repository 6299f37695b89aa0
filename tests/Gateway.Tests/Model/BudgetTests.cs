using System.Net;
using System.Net.Http.Headers;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Model;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;

namespace Stromboli.Gateway.Tests.Model;

public sealed class BudgetTests : IAsyncLifetime
{
    private GatewayHarness _harness = null!;
    private int _exceeded;

    public async ValueTask InitializeAsync() =>
        _harness = await GatewayHarness.StartAsync(options => options with { Drain = TimeSpan.FromMilliseconds(100) });

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(10_000)]
    [InlineData(60_000)]
    [InlineData(1_000_000)]
    public async Task Messages_TwentyAtOnce_PassTheCapByOneAnswerAtMost(long cap)
    {
        await using var run = await OpenAsync(new() { Tokens = cap });
        var client = _harness.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(client, $"@usage in=2500 out=500\n@say {i}")));

        // Each answer uses 3,000: so many fit, and one more that began below the cap.
        var most = Math.Min(20, (cap + 2999) / 3000);
        Assert.Equal(most, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(20 - most, answers.Count(status => status == HttpStatusCode.BadRequest));
        Assert.Equal(most * 3000, run.Totals.Tokens.Total);
        Assert.Equal(new(most * 3000, most * 0.015m), run.Totals.Charged);
        Assert.Equal(most < 20, _exceeded > 0);
    }

    [Fact]
    public async Task Messages_CapOfCost_IsKeptByTheModelsPrice()
    {
        await using var run = await OpenAsync(new() { CostUSD = 0.02m });
        var client = _harness.Client();

        // 3 and 15 dollars a million: 0.0105 each.
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "@usage in=1000 out=500\n@say a"));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "@usage in=1000 out=500\n@say b"));
        Assert.Equal(0, _exceeded);
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(client, "@usage in=1000 out=500\n@say c"));
        Assert.Equal(1, _exceeded);
        Assert.Equal(0.021m, run.Totals.CostUSD);
    }

    [Fact]
    public async Task Messages_UnknownModelUnderACapOfCost_NeverReachesTheModel()
    {
        await using var run = await OpenAsync(new() { CostUSD = 1000 });

        using var answer = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("hi", model: "gpt-x"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("false", answer.Headers.GetValues("x-should-retry").Single());
        Assert.Contains("no price for gpt-x", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(RunReason.BudgetExceeded, run.LastFailure!.Reason);
        Assert.Equal(default, run.Totals.Charged);
        Assert.False(File.Exists(_harness.ModelLog) && (await _harness.ModelLogAsync()).Count > 0);
    }

    [Fact]
    public async Task Messages_AtAHigherPriceUnderACapOfCost_NeverReachTheModel()
    {
        await using var run = await OpenAsync(new() { CostUSD = 1000 });
        using var body = new StringContent(
            """{"model":"claude-test","max_tokens":10,"speed":"fast","messages":[]}""",
            MediaTypeHeaderValue.Parse("application/json")
        );

        using var answer = await _harness.Client().PostAsync("/v1/messages", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("speed: the run has a cap of cost", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(default, run.Totals.Charged);
        Assert.False(File.Exists(_harness.ModelLog) && (await _harness.ModelLogAsync()).Count > 0);
    }

    [Fact]
    public async Task Messages_UnknownModelUnderACapOfTokens_IsCounted()
    {
        await using var run = await OpenAsync(new() { Tokens = 1_000_000 });

        using var answer = await _harness
            .Client()
            .PostAsync("/v1/messages", GatewayHarness.Prompt("@usage in=10 out=5\n@say hi", model: "gpt-x"));

        Assert.Equal((HttpStatusCode.OK, 15), (answer.StatusCode, run.Totals.Charged.Tokens));
    }

    [Fact]
    public async Task Messages_WithoutMaxTokens_AreRefused()
    {
        await using var run = await OpenAsync(new() { Tokens = 1_000_000 });
        using var body = new StringContent("""{"model":"claude-test","messages":[]}""", MediaTypeHeaderValue.Parse("application/json"));

        using var answer = await _harness.Client().PostAsync("/v1/messages", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Messages_HungUpInMidStream_KeepTheirReservation()
    {
        await using var run = await OpenAsync(new() { Tokens = 8000 });
        await HangUpAsync(run);
        Assert.InRange(run.Totals.Charged.Tokens, 3000, 4000);
        await HangUpAsync(run);
        await HangUpAsync(run);

        // Three times more than 3,000 that might have been used: nothing is left, though nothing is known to be used.
        Assert.InRange(run.Totals.Charged.Tokens, 9000, 12_000);
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(_harness.Client(), "more"));
        Assert.Equal(1, _exceeded);
    }

    [Fact]
    public async Task Messages_RefusedByTheModel_CountForNothing()
    {
        await using var run = await OpenAsync(new() { Tokens = 4000 });
        var client = _harness.Client();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync(client, "@status 429"));
        }

        Assert.Equal(default, run.Totals.Charged);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "fine"));
    }

    [Fact]
    public async Task Messages_AfterABridgeWasKilled_CountWhatItLeftBehind()
    {
        await using (var before = await OpenAsync(new() { Tokens = 8000, CostUSD = 1 }))
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(_harness.Client(), "@usage in=1000 out=500\n@say a"));
        }
        // As a bridge leaves it that was killed with a request under way.
        await File.AppendAllTextAsync(
            Path.Combine(_harness.Folder, "run.ledger"),
            """{"id":2,"model":"claude-test","maxOutput":1000,"inputBytes":5500,"reservedTokens":6500,"reservedUSD":0.05}""" + "\n"
        );
        _harness.Prices.Clear();

        await using var run = await OpenAsync(new() { Tokens = 8000, CostUSD = 1 });
        Assert.Equal(new(8000, 0.0605m), run.Totals.Charged);
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(_harness.Client(), "without a price"));
        _harness.Prices.Add(
            new()
            {
                Model = "claude-*",
                Input = 3,
                Output = 15,
                CacheRead = 0.3m,
                CacheWrite = 3.75m,
                CacheWriteHour = 6,
            }
        );
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(_harness.Client(), "more"));
    }

    [Fact]
    public async Task Messages_ThatWaitForTheirShare_EndWithTheRun()
    {
        await using var run = await OpenAsync(new() { Tokens = 4000 });
        var client = _harness.Client();
        var stalled = SendAsync(client, "@stall");
        await Eventually.True(() => run.Totals.Requests == 1);
        var waiting = SendAsync(client, "@say later");

        run.Refuse();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => stalled);
        Assert.NotEqual(
            HttpStatusCode.OK,
            await waiting
                .ContinueWith(async task => task.IsCompletedSuccessfully ? await task : HttpStatusCode.Gone, TaskScheduler.Default)
                .Unwrap()
        );
        Assert.Equal(1, run.Totals.Requests);
    }

    private async Task HangUpAsync(ModelRun run)
    {
        var unsettled = run.Totals.Unsettled;
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt("@stall") })
        using (var answer = await _harness.Client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(unsettled + 1, run.Totals.Unsettled);
        }

        await run.IdleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task<ModelRun> OpenAsync(AttemptBudget budget)
    {
        var run = await _harness.Gateway.OpenAsync(
            new ModelRunOptions
            {
                Key = "run",
                SocketPath = _harness.Socket("run"),
                Peers = FixedPeers.Everybody,
                LedgerPath = Path.Combine(_harness.Folder, "run.ledger"),
                Budget = budget,
                BudgetExceeded = () => Interlocked.Increment(ref _exceeded),
            },
            CancellationToken.None
        );
        run.Admit(_harness.Credential());
        return run;
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string prompt)
    {
        using var answer = await client.PostAsync("/v1/messages", GatewayHarness.Prompt(prompt));
        await answer.Content.ReadAsByteArrayAsync();
        return answer.StatusCode;
    }
}
