using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Leadership;

public sealed class LeaderElectorTests : LeaderElectorCase
{
    [Fact]
    public async Task Renew_AnswerOfTheFirstWriteLost_TakesItOver()
    {
        await PutLeaseAsync("", transitions: 5);
        var torn = 0;
        Server.Intercept = async (context, r) =>
        {
            if (r.Method != "PUT" || Interlocked.Increment(ref torn) != 1)
            {
                return false;
            }

            Server.Objects.Update(
                RequestPath.Parse(r.Path)!,
                _ => (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(r.Body)!
            );
            context.Abort();
            await Task.CompletedTask;
            return true;
        };
        await using var elector = Elector("one");

        Assert.Equal(7, (await AdvanceUntilAsync(elector.AcquireAsync(End))).Epoch);
    }

    [Fact]
    public async Task Renew_Succeeds_KeepsLeading()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);

        for (var i = 0; i < 20; i++)
        {
            await RenewAsync();
        }

        Assert.True(leadership.IsHeld);
        Assert.False(leadership.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Renew_ServerAway_LostAtTheDeadline()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        Fail(times: int.MaxValue, 503);

        Clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.True(elector.IsLeader);
        await AdvanceUntilLostAsync(leadership);

        Assert.False(elector.IsLeader);
        Assert.Null(elector.Current);
    }

    [Fact]
    public async Task Renew_ServerAwayForAShortTime_KeepsLeading()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        Fail(times: 2, 500, when: r => r.Method == "PUT");

        for (var i = 0; i < 8; i++)
        {
            await RenewAsync();
        }

        Assert.True(leadership.IsHeld);
    }

    [Fact]
    public async Task Renew_TakenByAnother_LostAtOnce()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        await PutLeaseAsync("other", transitions: (int)leadership.Epoch + 1);

        await Eventually.True(() => Clock.ActiveTimers > 0);
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(() => leadership.Lost.IsCancellationRequested);

        Assert.False(leadership.IsHeld);
        Assert.Equal("other", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Spec.HolderIdentity);
    }

    [Fact]
    public async Task Renew_LeaseGetsALabel_KeepsLeading()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        await Client.MergePatchAsync(
            BuiltIn.Leases,
            LeaseName,
            new()
            {
                ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["labels"] = new System.Text.Json.Nodes.JsonObject { ["x"] = "y" } },
            },
            cancellationToken: End
        );

        for (var i = 0; i < 10; i++)
        {
            await RenewAsync();
        }

        Assert.True(leadership.IsHeld);
        Assert.Equal("y", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Metadata.Labels!["x"]);
    }

    [Fact]
    public async Task Paused_PastTheDeadline_NotLeaderBeforeAnythingElseRuns()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        using var guarded = NewClient(new() { BeforeWrite = elector.ThrowIfNotLeader });
        await guarded.CreateAsync(Widget.Type, Widget.Named("before"), cancellationToken: End);

        await Eventually.True(() => Clock.ActiveTimers > 0);

        // SIGSTOP: time passes, and no timer of ours has fired.
        Clock.AdvanceStopped(TimeSpan.FromSeconds(11));

        Assert.False(elector.IsLeader);
        Assert.False(leadership.Lost.IsCancellationRequested);
        await Assert.ThrowsAsync<NotLeaderException>(() => guarded.CreateAsync(Widget.Type, Widget.Named("after"), cancellationToken: End));
        Clock.Advance(TimeSpan.Zero);
        await Eventually.True(() => leadership.Lost.IsCancellationRequested);
        Assert.DoesNotContain(Server.Requests, r => r.Method == "PUT");
    }

    [Fact]
    public async Task Dispose_Leading_ReleasesForTheNext()
    {
        var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        await leadership.DisposeAsync();
        await elector.DisposeAsync();

        Assert.True(leadership.Lost.IsCancellationRequested);
        Assert.False(elector.IsLeader);
        await using var next = Elector("two");
        Assert.Equal(leadership.Epoch + 1, (await next.AcquireAsync(End)).Epoch);
    }

    [Fact]
    public async Task Dispose_LostBefore_DoesNotTouchTheOthersLease()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        await PutLeaseAsync("other", transitions: 99);
        Clock.AdvanceStopped(TimeSpan.FromSeconds(11));

        await leadership.DisposeAsync();

        Assert.Equal("other", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Spec.HolderIdentity);
    }

    [Fact]
    public async Task Election_RateLimitUsedUp_BypassesIt()
    {
        using var client = NewClient(new() { Burst = 1, QueriesPerSecond = 0.001 });
        await client.TryGetAsync(Widget.Type, A, End);
        await using var elector = new LeaderElector(client, Options("one"), Clock);

        Assert.True((await elector.AcquireAsync(End)).IsHeld);
    }

    [Fact]
    public void New_DeadlineNotShorterThanTheLease_Refused() =>
        Assert.Throws<ArgumentException>(() =>
            new LeaderElector(Client, Options("one") with { RenewDeadline = TimeSpan.FromSeconds(15) }, Clock)
        );
}
