using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Leadership;

public sealed class LeaderAcquisitionTests : LeaderElectorCase
{
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
    public async Task Acquire_Annotations_AreThoseOfTheLeader()
    {
        await using (var first = new LeaderElector(Client, Options("one") with { Annotations = Annotations("a") }, Clock))
        {
            await first.AcquireAsync(End);
            Assert.Equal("a", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Metadata.Annotations!["example.com/address"]);
        }

        await using var second = new LeaderElector(Client, Options("two") with { Annotations = Annotations("b") }, Clock);
        await second.AcquireAsync(End);

        Assert.Equal("b", (await Client.GetAsync(BuiltIn.Leases, LeaseName, End)).Metadata.Annotations!["example.com/address"]);

        static Dictionary<string, string> Annotations(string address) => new() { ["example.com/address"] = address };
    }

    [Fact]
    public async Task Acquire_HeldByAnother_WaitsUntilItExpires()
    {
        await PutLeaseAsync("other", transitions: 5, renewed: Clock.GetUtcNow().AddYears(-1));
        await using var elector = Elector("one");
        var acquiring = elector.AcquireAsync(End);

        // The time written in the Lease is long past, but the holder's clock may be wrong: only the lack of changes counts.
        for (var i = 0; i < 5; i++)
        {
            await RetryAsync();
        }

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
            await PutLeaseAsync("other", transitions: 5, renewed: Clock.GetUtcNow());
        }

        Assert.False(acquiring.IsCompleted);
        Assert.False(elector.IsLeader);
        Assert.Throws<NotLeaderException>(elector.ThrowIfNotLeader);
        await PutLeaseAsync("", transitions: 5);
        await AdvanceUntilAsync(acquiring);
    }

    [Fact]
    public async Task Acquire_SameIdentityAsBefore_EpochStillGrows()
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
        Clock.Advance(TimeSpan.FromSeconds(1));

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
        await Eventually.True(() => Clock.ActiveTimers == 2); // one waits to renew, the other to try again
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
}
