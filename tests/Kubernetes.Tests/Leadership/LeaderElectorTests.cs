using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Leadership;

public sealed class LeaderElectorTests : ApiServerTest
{
    private static readonly NamespacedName LeaseName = new("ns", "leader");
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Acquire_NoLease_CreatesIt()
    {
        await using var elector = Elector("one");

        var leadership = await elector.AcquireAsync(End);

        var lease = await Client.GetAsync(BuiltIn.Leases, LeaseName, End);
        Assert.Equal("one", lease.Spec.HolderIdentity);
        Assert.Equal(leadership.Epoch, (long)lease.Spec.LeaseTransitions!);
        Assert.True(elector.IsLeader);
        Assert.Same(leadership, elector.Current);
        elector.ThrowIfNotLeader();
    }

    [Fact]
    public async Task Acquire_HeldByAnother_WaitsUntilItIsOver()
    {
        await PutLeaseAsync("other", transitions: 5, renewed: _clock.GetUtcNow().AddYears(-1));
        await using var elector = Elector("one");
        var acquiring = elector.AcquireAsync(End);

        // The time written in the Lease is long past, but the other's clock may be wrong: what counts is that it does not change.
        for (var i = 0; i < 5; i++)
            await RetryAsync();
        Assert.False(acquiring.IsCompleted);
        Assert.Equal("other", elector.Holder);

        var leadership = await AdvanceUntilAsync(acquiring);
        Assert.Equal(6, leadership.Epoch);
    }

    [Fact]
    public async Task Acquire_OtherRenews_KeepsWaiting()
    {
        await PutLeaseAsync("other", transitions: 5);
        await using var elector = Elector("one");
        var acquiring = elector.AcquireAsync(End);

        for (var i = 0; i < 20; i++)
        {
            await RetryAsync();
            await PutLeaseAsync("other", transitions: 5, renewed: _clock.GetUtcNow());
        }

        Assert.False(acquiring.IsCompleted);
        Assert.False(elector.IsLeader);
        Assert.Throws<NotLeaderException>(elector.ThrowIfNotLeader);
        await PutLeaseAsync("", transitions: 5);
        await AdvanceUntilAsync(acquiring);
    }

    [Fact]
    public async Task Acquire_SameIdentityAsBefore_EpochGrowsAllTheSame()
    {
        await PutLeaseAsync("one", transitions: 5);
        await using var elector = Elector("one");

        Assert.Equal(6, (await elector.AcquireAsync(End)).Epoch);
    }

    [Fact]
    public async Task Acquire_LeaseWasDeletedMeanwhile_EpochStillGrows()
    {
        await using var elector = Elector("one");
        var before = (await elector.AcquireAsync(End)).Epoch;
        await Client.DeleteAsync(BuiltIn.Leases, LeaseName, cancellationToken: End);
        await AdvanceUntilLostAsync(elector.Current!);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await using var next = Elector("two");
        Assert.True((await next.AcquireAsync(End)).Epoch > before);
    }

    [Fact]
    public async Task Acquire_TwoAtOnce_OneLeads()
    {
        await using var one = Elector("one");
        await using var two = Elector("two");
        var first = one.AcquireAsync(End);
        var second = two.AcquireAsync(End);
        await Task.WhenAny(first, second);
        await Eventually.True(() => _clock.ActiveTimers == 2); // one waits to renew, the other to try again
        await RetryAsync();

        Assert.True(one.IsLeader ^ two.IsLeader);
        await (first.IsCompleted ? one : two).DisposeAsync();
        await AdvanceUntilAsync(first.IsCompleted ? second : first);
    }

    [Fact]
    public async Task Acquire_NoServerAtFirst_KeepsTrying()
    {
        Fail(times: 3, 503);
        await using var elector = Elector("one");

        await AdvanceUntilAsync(elector.AcquireAsync(End));

        Assert.Equal(3 + 2, Server.Requests.Count(r => r.Path.Contains("leases", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Renew_AnswerOfTheFirstWriteLost_TakesItOver()
    {
        await PutLeaseAsync("", transitions: 5);
        var torn = 0;
        Server.Intercept = async (context, r) =>
        {
            if (r.Method != "PUT" || Interlocked.Increment(ref torn) != 1)
                return false;
            Server.Objects.Update(RequestPath.Parse(r.Path)!, _ => (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(r.Body)!);
            context.Abort();
            await Task.CompletedTask;
            return true;
        };
        await using var elector = Elector("one");

        Assert.Equal(7, (await AdvanceUntilAsync(elector.AcquireAsync(End))).Epoch);
    }

    [Fact]
    public async Task Renew_Works_LeadsOn()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);

        for (var i = 0; i < 20; i++)
            await RenewAsync();

        Assert.True(leadership.IsHeld);
        Assert.False(leadership.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Renew_ServerAway_LostAtTheDeadline()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        Fail(times: int.MaxValue, 503);

        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.True(elector.IsLeader);
        await AdvanceUntilLostAsync(leadership);

        Assert.False(elector.IsLeader);
        Assert.Null(elector.Current);
    }

    [Fact]
    public async Task Renew_ServerAwayForAShortTime_LeadsOn()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        Fail(times: 2, 500, when: r => r.Method == "PUT");

        for (var i = 0; i < 8; i++)
            await RenewAsync();

        Assert.True(leadership.IsHeld);
    }

    [Fact]
    public async Task Renew_TakenByAnother_LostAtOnce()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        await PutLeaseAsync("other", transitions: (int)leadership.Epoch + 1);

        await Eventually.True(() => _clock.ActiveTimers > 0);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(() => leadership.Lost.IsCancellationRequested);

        Assert.False(leadership.IsHeld);
        Assert.Equal("other", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Spec.HolderIdentity);
    }

    [Fact]
    public async Task Renew_SomebodyLabelsTheLease_LeadsOn()
    {
        await using var elector = Elector("one");
        var leadership = await elector.AcquireAsync(End);
        await Client.MergePatchAsync(BuiltIn.Leases, LeaseName, new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["labels"] = new System.Text.Json.Nodes.JsonObject { ["x"] = "y" } } }, cancellationToken: End);

        for (var i = 0; i < 10; i++)
            await RenewAsync();

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

        await Eventually.True(() => _clock.ActiveTimers > 0);

        // SIGSTOP: time passes, and no timer of ours has fired.
        _clock.AdvanceStopped(TimeSpan.FromSeconds(11));

        Assert.False(elector.IsLeader);
        Assert.False(leadership.Lost.IsCancellationRequested);
        Assert.Throws<NotLeaderException>(leadership.ThrowIfLost);
        await Assert.ThrowsAsync<NotLeaderException>(() => guarded.CreateAsync(Widget.Type, Widget.Named("after"), cancellationToken: End));
        _clock.Advance(TimeSpan.Zero);
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
        _clock.AdvanceStopped(TimeSpan.FromSeconds(11));

        await leadership.DisposeAsync();

        Assert.Equal("other", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Spec.HolderIdentity);
    }

    [Fact]
    public async Task Election_RateLimitUsedUp_GoesPast()
    {
        using var client = NewClient(new() { Burst = 1, QueriesPerSecond = 0.001 });
        await client.TryGetAsync(Widget.Type, A, End);
        await using var elector = new LeaderElector(client, Options("one"), _clock);

        Assert.True((await elector.AcquireAsync(End)).IsHeld);
    }

    [Fact]
    public void New_DeadlineNotShorterThanTheLease_Refused() =>
        Assert.Throws<ArgumentException>(() => new LeaderElector(Client, Options("one") with { RenewDeadline = TimeSpan.FromSeconds(15) }, _clock));

    private static LeaderElectionOptions Options(string identity) => new() { Lease = LeaseName, Identity = identity };

    private LeaderElector Elector(string identity) => new(Client, Options(identity), _clock);

    private async Task PutLeaseAsync(string holder, int transitions, DateTimeOffset? renewed = null)
    {
        var stored = await Client.TryGetAsync(BuiltIn.Leases, LeaseName, End);
        var lease = (stored ?? new() { Metadata = new() { Namespace = "ns", Name = "leader" } }) with
        {
            Spec = new() { HolderIdentity = holder, LeaseDurationSeconds = 15, LeaseTransitions = transitions, RenewTime = renewed ?? _clock.GetUtcNow() },
        };
        if (stored is null)
            await Client.CreateAsync(BuiltIn.Leases, lease, cancellationToken: End);
        else
            await Client.ReplaceAsync(BuiltIn.Leases, lease with { Metadata = lease.Metadata with { ResourceVersion = null } }, cancellationToken: End);
    }

    /// <summary>Lets a waiting candidate read the Lease once more.</summary>
    private Task RetryAsync() => AfterAsync("GET");

    /// <summary>Lets the leader renew once.</summary>
    private Task RenewAsync() => AfterAsync("PUT");

    private async Task AfterAsync(string method)
    {
        var before = Server.Requests.Count(r => r.Method == method);
        await Eventually.True(() => _clock.ActiveTimers > 0);
        _clock.Advance(TimeSpan.FromSeconds(2.4));
        await Eventually.True(() => Server.Requests.Count(r => r.Method == method) > before);
    }

    private async Task<Stromboli.Kubernetes.Leadership> AdvanceUntilAsync(Task<Stromboli.Kubernetes.Leadership> acquiring)
    {
        await Eventually.True(() =>
        {
            if (!acquiring.IsCompleted)
                _clock.Advance(TimeSpan.FromMilliseconds(100));
            return acquiring.IsCompleted;
        });
        return await acquiring;
    }

    private Task AdvanceUntilLostAsync(Stromboli.Kubernetes.Leadership leadership) => Eventually.True(() =>
    {
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        return leadership.Lost.IsCancellationRequested;
    });
}
