using Stromboli.PodmanBridge.Link;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Link;

public sealed class NodeLeaseTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly NodeLease _lease;
    private readonly List<TimeSpan> _changes = [];

    public NodeLeaseTests()
    {
        _lease = new NodeLease(_clock);
        _lease.Changed += _changes.Add;
    }

    public void Dispose() => _lease.Dispose();

    [Fact]
    public void Valid_BeforeAnyGrant_IsFalse() => Assert.False(_lease.Valid);

    [Fact]
    public void Extend_AnswerThatWasLongOnItsWay_CountsFromThePing()
    {
        var sentAt = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(4));

        _lease.Extend(sentAt, TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(6), _lease.Remaining);
    }

    [Fact]
    public void Extend_AnswerThatCameTooLate_GrantsNothing()
    {
        var sentAt = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(11));

        _lease.Extend(sentAt, TimeSpan.FromSeconds(10));

        Assert.False(_lease.Valid);
    }

    [Fact]
    public void Extend_OlderPingAnsweredLater_DoesNotShorten()
    {
        var first = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _lease.Extend(_clock.GetTimestamp(), TimeSpan.FromSeconds(10));

        _lease.Extend(first, TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(10), _lease.Remaining);
    }

    [Fact]
    public void Changed_LeaseOver_SaysZeroOnce()
    {
        _lease.Extend(_clock.GetTimestamp(), TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([TimeSpan.FromSeconds(10)], _changes);

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.Zero], _changes);
    }

    [Fact]
    public void Valid_MachineThatSlept_IsOverAtOnce()
    {
        _lease.Extend(_clock.GetTimestamp(), TimeSpan.FromSeconds(10));

        _clock.AdvanceStopped(TimeSpan.FromSeconds(60));

        Assert.False(_lease.Valid);
    }

    [Fact]
    public async Task WaitAsync_Grant_Completes()
    {
        var waiting = _lease.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        _lease.Extend(_clock.GetTimestamp(), TimeSpan.FromSeconds(10));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
