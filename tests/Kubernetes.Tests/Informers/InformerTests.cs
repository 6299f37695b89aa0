using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Informers;

public sealed class InformerTests : ApiServerTest
{
    [Fact]
    public async Task Run_SeveralPages_SyncedOnlyAfterTheLast()
    {
        for (var i = 0; i < 5; i++)
            await CreateAsync($"w{i}");
        var gate = new TaskCompletionSource();
        Server.Intercept = async (_, r) =>
        {
            if (r.Query.Contains("continue", StringComparison.Ordinal))
                await gate.Task;
            return false;
        };
        var informer = StartInformer(new() { PageSize = 2 });
        await Eventually.True(() => Server.Requests.Any(r => r.Query.Contains("continue", StringComparison.Ordinal)));

        Assert.False(informer.HasSynced);
        Assert.Equal(0, informer.Store.Count);
        gate.SetResult();
        await informer.WaitForSyncAsync(End);

        Assert.Equal(5, informer.Store.Count);
        Assert.Equal(3, ListRequests.Count());
    }

    [Fact]
    public async Task Run_DeleteBetweenPages_NoFalseDeletesAndTheRealOneComes()
    {
        for (var i = 0; i < 5; i++)
            await CreateAsync($"w{i}");
        var informer = NewRecorded(out var changes, new() { PageSize = 2 });
        Run(informer.RunAsync);
        await informer.WaitForSyncAsync(End);
        var deleted = 0;
        Server.Intercept = async (_, r) =>
        {
            // Between the second list's pages an object of an earlier page goes, and one of a later page.
            if (r.Query.Contains("continue", StringComparison.Ordinal) && Interlocked.Increment(ref deleted) == 1)
            {
                await Client.DeleteAsync(Widget.Type, new("ns", "w0"), cancellationToken: End);
                await Client.DeleteAsync(Widget.Type, new("ns", "w4"), cancellationToken: End);
            }

            return false;
        };
        changes.Clear();
        await BumpAsync();
        Server.Objects.Compact();

        await Eventually.True(() => informer.Store.Count == 3);

        Assert.Equal(["Deleted w0", "Deleted w4"], changes.Order());
    }

    [Fact]
    public async Task Run_PageExpires_ListsAgainFromTheBeginning()
    {
        for (var i = 0; i < 5; i++)
            await CreateAsync($"w{i}");
        var expired = 0;
        Server.Intercept = (_, r) =>
        {
            if (r.Query.Contains("continue", StringComparison.Ordinal) && Interlocked.Increment(ref expired) == 1)
                Server.ExpirePages();
            return Task.FromResult(false);
        };

        var informer = StartInformer(new() { PageSize = 2 });
        await informer.WaitForSyncAsync(End);

        Assert.Equal(5, informer.Store.Count);
        Assert.Equal(2, ListRequests.Count(r => !r.Query.Contains("continue", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_PageTooLarge_TakesSmallerPages()
    {
        for (var i = 0; i < 6; i++)
            await CreateAsync($"w{i}", new string('x', 1000));
        var informer = StartInformer(new() { PageSize = 8 }, NewClient(new() { MaxResponseBytes = 4000, MaxRetries = 0 }));

        await informer.WaitForSyncAsync(End);

        Assert.Equal(6, informer.Store.Count);
    }

    [Fact]
    public async Task Watch_Torn_GoesOnFromTheLastVersionWithoutAList()
    {
        var informer = NewRecorded(out var changes);
        var torn = 0;
        Server.Intercept = async (context, r) =>
        {
            if (!IsWatch(r) || Interlocked.Increment(ref torn) != 1)
                return false;
            await context.Response.WriteAsync("""{"type":"ADDED","object":{"metadata":{"name":"a","namespace":"ns","uid":"1","resourceVersion":"101"}}}""" + "\n" + """{"type":"ADDED","object":{"metad""");
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

        await Eventually.True(() => Server.Requests.Any(r => IsWatch(r) && r.Query.Contains("resourceVersion=101", StringComparison.Ordinal)));
        Assert.Single(ListRequests);
    }

    [Fact]
    public async Task Watch_ServerEndsEachAtOnce_Slows()
    {
        Server.Intercept = (context, r) =>
        {
            context.Response.StatusCode = 200;
            return Task.FromResult(IsWatch(r));
        };
        var clock = new ManualTimeProvider();
        var informer = new Informer<Widget>(Client, Widget.Type, new() { MinBackoff = TimeSpan.FromSeconds(1), MaxBackoff = TimeSpan.FromSeconds(30) }, clock);
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
        var informer = new Informer<Widget>(client, Widget.Type, new() { SilenceTimeout = TimeSpan.FromMinutes(8), MinBackoff = TimeSpan.FromSeconds(1) }, clock);
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

    [Fact]
    public async Task Run_NoServerAtFirst_KeepsTrying()
    {
        var port = FreePort();
        using var client = NewClient(new() { MaxRetries = 0 }, config: new() { Server = new($"http://127.0.0.1:{port}") });
        var informer = StartInformer(client: client);
        await Assert.ThrowsAsync<TimeoutException>(() => informer.WaitForSyncAsync(End).WaitAsync(TimeSpan.FromMilliseconds(100), End));

        await using var late = await FakeApiServer.StartAsync(port);
        await informer.WaitForSyncAsync(End);

        Assert.True(informer.HasSynced);
    }

    [Fact]
    public async Task Run_ServerGoesAndComesBack_CatchesUp()
    {
        var port = FreePort();
        var first = await FakeApiServer.StartAsync(port);
        using var client = NewClient(new() { MaxRetries = 0 }, config: new() { Server = first.Address });
        var informer = StartInformer(client: client);
        await client.CreateAsync(Widget.Type, Widget.Named("a"), cancellationToken: End);
        await Eventually.True(() => informer.Store.Count == 1);
        await first.DisposeAsync();

        await using var second = await FakeApiServer.StartAsync(port);
        for (var i = 0; i < 3; i++)
            second.Objects.Create(RequestPath.Parse("/apis/example.com/v1/namespaces/ns/widgets")!, new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = $"n{i}" } });
        second.Objects.Compact();

        await Eventually.True(() => informer.Store.Count == 3 && informer.Store.Get(A) is null);
    }

    [Fact]
    public async Task Observe_InformerLags_StoreShowsOurWrite()
    {
        await CreateAsync("a");
        var informer = NewRecorded(out var changes);
        Run(informer.RunAsync);
        await Eventually.True(() => Server.OpenWatches == 1 && informer.Store.Count == 1);
        Server.HoldWatches = true;

        // Two writes that the informer has not seen; it will tell of the first while the store already has the second.
        var first = await Client.ReplaceStatusAsync(Widget.Type, informer.Store.Get(A)! with { Status = new() { Phase = "One" } }, cancellationToken: End);
        informer.Store.Observe(first);
        var second = await Client.ReplaceStatusAsync(Widget.Type, informer.Store.Get(A)! with { Status = new() { Phase = "Two" } }, cancellationToken: End);
        informer.Store.Observe(second);
        Assert.Equal("Two", informer.Store.Get(A)!.Status!.Phase);
        changes.Clear();
        Server.HoldWatches = false;
        await CreateAsync("b");
        await Eventually.True(() => informer.Store.Count == 2);

        Assert.Equal("Two", informer.Store.Get(A)!.Status!.Phase);
        Assert.Equal(["Added b"], changes);
    }

    [Fact]
    public async Task Transform_DropsPayload_AlsoOfObservedObjects()
    {
        await CreateAsync("a");
        var informer = StartInformer(new() { Transform = w => w with { Spec = null } });
        await informer.WaitForSyncAsync(End);
        Assert.Null(informer.Store.Get(A)!.Spec);

        informer.Store.Observe(await CreateAsync("b", "node"));

        Assert.Null(informer.Store.Get(new("ns", "b"))!.Spec);
    }

    [Fact]
    public async Task Selectors_ObjectLeavesTheSelection_Deleted()
    {
        var created = await Client.CreateAsync(Widget.Type, Widget.Named("a") with { Metadata = new() { Namespace = "ns", Name = "a", Labels = new() { ["app"] = "x" } } }, cancellationToken: End);
        await CreateAsync("b");
        var informer = StartInformer(new() { LabelSelector = "app=x", Namespace = "ns" });
        await Eventually.True(() => Server.OpenWatches == 1);
        Assert.Equal(1, informer.Store.Count);

        await Client.ReplaceAsync(Widget.Type, created with { Metadata = created.Metadata with { Labels = [] } }, cancellationToken: End);

        await Eventually.True(() => informer.Store.Count == 0);
    }

    private IEnumerable<RecordedRequest> ListRequests => Server.Requests.Where(r => r.Method == "GET" && r.Path.EndsWith("/widgets", StringComparison.Ordinal) && !IsWatch(r));

    private static bool IsWatch(RecordedRequest request) => request.Query.Contains("watch=true", StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A change that no widget informer sees.</summary>
    private Task BumpAsync() => Client.CreateAsync(BuiltIn.ConfigMaps, new() { Metadata = new() { Namespace = "ns", Name = "other" } }, cancellationToken: End);

    private Informer<Widget> NewRecorded(out ConcurrentQueue<string> changes, InformerOptions<Widget>? options = null)
    {
        var informer = new Informer<Widget>(Client, Widget.Type, (options ?? new()) with { MinBackoff = TimeSpan.FromMilliseconds(5), MaxBackoff = TimeSpan.FromMilliseconds(50) });
        var recorded = changes = [];
        informer.OnChange(c => recorded.Enqueue($"{c.Type} {c.Object.Metadata.Name}"));
        return informer;
    }
}
