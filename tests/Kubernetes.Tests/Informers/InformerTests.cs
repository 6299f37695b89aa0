using System.Net;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Informers;

public sealed class InformerTests : InformerCase
{
    [Fact]
    public async Task Run_SeveralPages_SyncedOnlyAfterTheLast()
    {
        for (var i = 0; i < 5; i++)
        {
            await CreateAsync($"w{i}");
        }

        var gate = new TaskCompletionSource();
        Server.Intercept = async (_, r) =>
        {
            if (r.Query.Contains("continue", StringComparison.Ordinal))
            {
                await gate.Task;
            }

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
        {
            await CreateAsync($"w{i}");
        }

        var informer = NewRecorded(out var changes, new() { PageSize = 2 });
        Run(informer.RunAsync);
        await informer.WaitForSyncAsync(End);
        var deleted = 0;
        Server.Intercept = async (_, r) =>
        {
            // Between the pages of the second list, an object of an earlier page and one of a later page are deleted.
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
        {
            await CreateAsync($"w{i}");
        }

        var expired = 0;
        Server.Intercept = (_, r) =>
        {
            if (r.Query.Contains("continue", StringComparison.Ordinal) && Interlocked.Increment(ref expired) == 1)
            {
                Server.ExpirePages();
            }

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
        {
            await CreateAsync($"w{i}", new string('x', 1000));
        }

        var informer = StartInformer(new() { PageSize = 8 }, NewClient(new() { MaxResponseBytes = 4000, MaxRetries = 0 }));

        await informer.WaitForSyncAsync(End);

        Assert.Equal(6, informer.Store.Count);
    }

    [Fact]
    public async Task Run_LargeObjects_PagesAreBoundedByBytesAndNoneIsReadTwice()
    {
        for (var i = 0; i < 40; i++)
        {
            await CreateAsync($"w{i}", new string('x', i is >= 10 and < 30 ? 1000 : 1));
        }

        var kept = 0;
        var informer = StartInformer(
            new() { PageBytes = 5000, Transform = widget => Interlocked.Increment(ref kept) > 0 ? widget : null! }
        );

        await informer.WaitForSyncAsync(End);

        // One complete list: only pages that were too large were requested again.
        Assert.Equal((40, 40), (informer.Store.Count, kept));
        Assert.InRange(ListRequests.Count(), 10, 25);
    }

    [Fact]
    public async Task Run_OneObjectIsLargerThanAPage_IsReadAlone()
    {
        await CreateAsync("small", "x");
        await CreateAsync("large", new string('x', 20_000));
        var informer = StartInformer(new() { PageBytes = 5000 });

        await informer.WaitForSyncAsync(End);

        Assert.Equal(2, informer.Store.Count);
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
        {
            second.Objects.Create(
                RequestPath.Parse("/apis/example.com/v1/namespaces/ns/widgets")!,
                new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = $"n{i}" } }
            );
        }

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

        // Two writes that the informer has not seen: it delivers the first when the store already has the second.
        var first = await Client.ReplaceStatusAsync(
            Widget.Type,
            informer.Store.Get(A)! with
            {
                Status = new() { Phase = "One" },
            },
            cancellationToken: End
        );
        informer.Store.Observe(first);
        var second = await Client.ReplaceStatusAsync(
            Widget.Type,
            informer.Store.Get(A)! with
            {
                Status = new() { Phase = "Two" },
            },
            cancellationToken: End
        );
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
        var created = await Client.CreateAsync(
            Widget.Type,
            Widget.Named("a") with
            {
                Metadata = new()
                {
                    Namespace = "ns",
                    Name = "a",
                    Labels = new() { ["app"] = "x" },
                },
            },
            cancellationToken: End
        );
        await CreateAsync("b");
        var informer = StartInformer(new() { LabelSelector = "app=x", Namespace = "ns" });
        await Eventually.True(() => Server.OpenWatches == 1);
        Assert.Equal(1, informer.Store.Count);

        await Client.ReplaceAsync(Widget.Type, created with { Metadata = created.Metadata with { Labels = [] } }, cancellationToken: End);

        await Eventually.True(() => informer.Store.Count == 0);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
