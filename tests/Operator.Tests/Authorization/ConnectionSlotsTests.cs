using System.Net;
using Stromboli.Operator.Authorization;

namespace Stromboli.Operator.Tests.Authorization;

public sealed class ConnectionSlotsTests
{
    private readonly ConnectionSlots _places = new(strangers: 4, known: 2, perAddress: 3);

    [Fact]
    public void TryEnter_OneAddress_GetsOnlyItsShare()
    {
        var first = Enter("192.0.2.1");
        Assert.NotNull(first);
        Assert.NotNull(Enter("192.0.2.1"));
        Assert.NotNull(Enter("::ffff:192.0.2.1"));

        Assert.Null(Enter("192.0.2.1"));
        Assert.NotNull(Enter("192.0.2.2"));
        first.Dispose();
        Assert.NotNull(Enter("192.0.2.1"));
    }

    [Fact]
    public void TryEnter_StrangersUseAllTheirSlots_KnownAddressStillGetsOne()
    {
        Enter("192.0.2.200")!.Linked();
        for (var i = 1; i <= 4; i++)
        {
            Assert.NotNull(Enter($"192.0.2.{i}"));
        }

        Assert.Null(Enter("192.0.2.9"));

        Assert.NotNull(Enter("192.0.2.200"));
        Assert.NotNull(Enter("192.0.2.200"));
        Assert.Null(Enter("192.0.2.200"));
    }

    [Fact]
    public void Linked_ThenEnded_ReleasesItsSlotOnce()
    {
        var link = Enter("192.0.2.1")!;
        link.Linked();
        link.Dispose();

        Assert.Equal(2, Enumerable.Range(0, 5).Count(_ => Enter("192.0.2.1") is not null));
        Assert.Equal(4, Enumerable.Range(2, 9).Count(i => Enter($"192.0.2.{i}") is not null));
    }

    [Fact]
    public void TryEnter_AddressesOfOneIPv6Network_AreOne()
    {
        for (var i = 1; i <= 3; i++)
        {
            Assert.NotNull(Enter($"2001:db8:0:1::{i}"));
        }

        Assert.Null(Enter("2001:db8:0:1:ffff::1"));
        Assert.NotNull(Enter("2001:db8:0:2::1"));
    }

    private ConnectionSlot? Enter(string address) => _places.TryEnter(IPAddress.Parse(address));
}
