using System.Net;
using System.Text.Json;
using Stromboli.Gateway.Sockets;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>An agent that asks as often as it can: its neighbours do not notice, and its ledger does not grow.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private const int Burst = 40;

    private readonly ManualTimeProvider _clock = new();
    private GatewayHarness _harness = null!;

    public async ValueTask InitializeAsync() =>
        _harness = await GatewayHarness.StartAsync(options =>
            options with
            {
                Clock = _clock,
                RequestBurst = Burst,
                RequestsPerSecond = 10,
            }
        );

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.OK)]
    [InlineData("GET", "/v1/models", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/messages", HttpStatusCode.BadRequest)]
    public async Task Flood_BeyondTheBurst_IsHeldWhileANeighbourIsServed(string method, string path, HttpStatusCode usual)
    {
        await using var loud = await _harness.OpenAdmittedAsync("loud");
        await using var quiet = await _harness.OpenAdmittedAsync("quiet");
        var client = _harness.Client("loud");
        for (var i = 0; i < Burst; i++)
        {
            using var within = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Equal(usual, within.StatusCode);
        }

        // The clock stands still: what is asked now waits for its pause to be over.
        var timers = _clock.ActiveTimers;
        var beyond = Enumerable.Range(0, 8).Select(_ => client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).ToList();
        await Eventually.True(() => _clock.ActiveTimers == timers + beyond.Count);
        using (var neighbour = await _harness.Client("quiet").PostAsync("/v1/messages", GatewayHarness.Prompt("hi")))
        {
            await neighbour.Content.ReadAsByteArrayAsync();
            Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
        }

        Assert.DoesNotContain(beyond, request => request.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var request in beyond)
        {
            using var refused = await request;
            using var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
            Assert.Equal("rate_limit_error", error.RootElement.GetProperty("error").GetProperty("type").GetString());
        }

        using var later = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(usual, later.StatusCode);
        Assert.Single(await _harness.ModelLogAsync());
        Assert.Equal(0, new FileInfo(_harness.Ledger("loud")).Length);
    }

    [Fact]
    public async Task Body_OfManyBytes_CountsAsManyRequests()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        var client = _harness.Client();
        using (await client.PostAsync("/v1/messages", new ByteArrayContent(new byte[20 * 1024 * 1024]))) { }

        var timers = _clock.ActiveTimers;
        var refused = client.GetAsync(new Uri("/", UriKind.Relative));
        await Eventually.True(() => _clock.ActiveTimers > timers);
        _clock.Advance(TimeSpan.FromSeconds(1));

        // 41 of 40 are used, and 10 have come back.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await refused).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Refused_ByTheBudgetAgainAndAgain_IsOneLineOfTheLedgerAndTheRunsFailure()
    {
        await using (var run = await _harness.OpenAsync(budget: new AttemptBudget { CostUSD = 1 }))
        {
            run.Admit(_harness.Credential());
            var client = _harness.Client();
            for (var i = 0; i < 1000; i++)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                using var refused = await client.PostAsync("/v1/messages", GatewayHarness.Prompt("hi", model: $"unpriced-{i}"));
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            }

            Assert.Contains("unpriced-999", run.LastFailure!.Message, StringComparison.Ordinal);
            Assert.Equal(0, run.Totals.Requests);
        }

        Assert.InRange(new FileInfo(_harness.Ledger()).Length, 1, 1024);
        await using var again = await _harness.OpenAsync();
        Assert.Equal(Crds.Runs.RunReason.BudgetExceeded, again.LastFailure!.Reason);
    }

    [Fact]
    public async Task Credential_SharedByNamespaces_IsNeverAllOneNamespaces()
    {
        await using var harness = await GatewayHarness.StartAsync(options => options with { PlacesOfACredential = 4 });
        await using var loud = await harness.OpenAsync("loud", @namespace: "loud");
        await using var quiet = await harness.OpenAsync("quiet", @namespace: "quiet");
        loud.Admit(harness.Credential());
        quiet.Admit(harness.Credential());
        var stalled = Enumerable
            .Range(0, 6)
            .Select(_ => harness.Client("loud").PostAsync("/v1/messages", GatewayHarness.Prompt("@stall")))
            .ToList();
        await Eventually.True(() => loud.Totals.Requests == 6);
        await Eventually.TrueAsync(async () => (await harness.ModelLogAsync()).Count == 2);

        using var answer = await harness.Client("quiet").PostAsync("/v1/messages", GatewayHarness.Prompt("hi"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3, (await harness.ModelLogAsync()).Count);
        loud.Refuse();
        foreach (var request in stalled)
        {
            await request.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await loud.IdleAsync(CancellationToken.None);
        // What waited for a place never left, and counts for nothing.
        Assert.Equal(2, loud.Totals.Unsettled);
    }

    [Fact]
    public void Bucket_Empty_SaysWhenTheNextTokenComes()
    {
        var bucket = new TokenBucket(4, 2, _clock);

        Assert.True(bucket.TryTake(out _) && bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out var wait));
        Assert.InRange(wait, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(251));
        _clock.Advance(wait);
        Assert.True(bucket.TryTake(out _));
        bucket.Charge(3);
        _clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(bucket.TryTake(out _));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(bucket.TryTake(out _) && bucket.TryTake(out _) && !bucket.TryTake(out _));
    }
}
