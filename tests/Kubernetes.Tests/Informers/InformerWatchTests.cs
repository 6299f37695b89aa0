using Microsoft.AspNetCore.Http;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Informers;

public sealed class InformerWatchTests : InformerCase
{
    [Fact]
    public async Task Watch_Torn_ContinuesFromTheLastVersionWithoutAList()
    {
        var informer = NewRecorded(out var changes);
        var torn = 0;
        Server.Intercept = async (context, r) =>
        {
            if (!IsWatch(r) || Interlocked.Increment(ref torn) != 1)
            {
                return false;
            }

            await context.Response.WriteAsync(
                """{"type":"ADDED","object":{"metadata":{"name":"a","namespace":"ns","uid":"1","resourceVersion":"101"}}}"""
                    + "\n"
                    + """{"type":"ADDED","object":{"metad"""
            );
            await context.Response.Body.FlushAsync();
            await Eventually.True(() => informer.Store.Count == 1);
            context.Abort();
            return true;
        };
        Run(informer.RunAsync);
        await Eventually.True(() => Server.OpenWatches == 1);
        await CreateAsync("skipped"); // takes 101, which the torn watch has had
        await CreateAsync("b");
        await Eventually.True(() => informer.Store.Count == 2);

        Assert.Equal(["Added a", "Added b"], changes);
        Assert.Single(ListRequests);
        Assert.Contains(Server.Requests, r => IsWatch(r) && r.Query.Contains("resourceVersion=101", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_410_ListsAgainAndFindsWhatIsGone()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        var informer = NewRecorded(out var changes);
        Run(informer.RunAsync);
        await informer.WaitForSyncAsync(End);
        await Eventually.True(() => Server.OpenWatches == 1);
        Server.HoldWatches = true;
        await Client.DeleteAsync(Widget.Type, A, cancellationToken: End);
        await CreateAsync("c");
        changes.Clear();
        Server.Objects.Compact();
        Server.HoldWatches = false;

        await Eventually.True(() => changes.Count == 2);

        Assert.Equal(["Added c", "Deleted a"], changes.Order());
    }

    [Fact]
    public async Task Watch_Http410_ListsAgain()
    {
        Fail(times: 1, 410, when: IsWatch);
        var informer = StartInformer();
        await Eventually.True(() => Server.OpenWatches == 1);

        await CreateAsync("a");
        await Eventually.True(() => informer.Store.Count == 1);

        Assert.Equal(2, ListRequests.Count());
    }

    [Fact]
    public async Task Watch_EndsQuietly_NextOneStartsFromTheBookmark()
    {
        var informer = StartInformer();
        await Eventually.True(() => Server.OpenWatches == 1);
        await BumpAsync();
        Server.Bookmark();
        await Eventually.True(() => informer.Version == "101");
        Server.EndWatches();

        await Eventually.True(() =>
            Server.Requests.Any(r => IsWatch(r) && r.Query.Contains("resourceVersion=101", StringComparison.Ordinal))
        );
        Assert.Single(ListRequests);
    }

    [Fact]
    public async Task Watch_ServerEndsEachAtOnce_SlowsDown()
    {
        Server.Intercept = (context, r) =>
        {
            context.Response.StatusCode = 200;
            return Task.FromResult(IsWatch(r));
        };
        var clock = new ManualTimeProvider();
        var informer = new Informer<Widget>(
            Client,
            Widget.Type,
            new() { MinBackoff = TimeSpan.FromSeconds(1), MaxBackoff = TimeSpan.FromSeconds(30) },
            clock
        );
        Run(informer.RunAsync);
        await informer.WaitForSyncAsync(End);

        await Eventually.True(() => Server.Requests.Count(IsWatch) == 1 && clock.ActiveTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(1.6));
        await Eventually.True(() => Server.Requests.Count(IsWatch) == 2 && clock.ActiveTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(1.9));

        Assert.Equal(2, Server.Requests.Count(IsWatch));
    }

    [Fact]
    public async Task Watch_Silent_WatchesAgain()
    {
        var clock = new ManualTimeProvider();
        using var client = NewClient(clock: clock);
        var informer = new Informer<Widget>(
            client,
            Widget.Type,
            new() { SilenceTimeout = TimeSpan.FromMinutes(8), MinBackoff = TimeSpan.FromSeconds(1) },
            clock
        );
        Run(informer.RunAsync);
        await Eventually.True(() => Server.OpenWatches == 1);
        await BumpAsync();
        Server.Bookmark();
        await Eventually.True(() => informer.Version == "101");
        Server.HoldWatches = true;

        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return Server.Requests.Count(IsWatch) >= 2;
        });

        Assert.True(clock.GetUtcNow() >= new DateTimeOffset(2026, 1, 1, 0, 8, 0, TimeSpan.Zero));
        Assert.Single(ListRequests);
    }

    [Fact]
    public async Task Watch_WholeTimeWithoutARecord_ListsAgain()
    {
        await CreateAsync("a");
        var clock = new ManualTimeProvider();
        var informer = new Informer<Widget>(Client, Widget.Type, clock: clock);
        Run(informer.RunAsync);
        await informer.WaitForSyncAsync(End);
        await Eventually.True(() => Server.OpenWatches == 1);
        clock.Advance(TimeSpan.FromMinutes(5));
        Server.EndWatches();

        await Eventually.True(() => ListRequests.Count() == 2);
    }

    [Fact]
    public async Task Watch_RefusedThreeTimes_ListsAgain()
    {
        Fail(times: 3, 500, when: IsWatch);
        var informer = StartInformer(client: NewClient(new() { MaxRetries = 0 }));
        await Eventually.True(() => Server.OpenWatches == 1);

        Assert.True(informer.HasSynced);
        Assert.Equal(2, ListRequests.Count());
    }
}
