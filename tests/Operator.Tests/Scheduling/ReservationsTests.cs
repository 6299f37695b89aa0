using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Tests.Scheduling;

public sealed class ReservationsTests
{
    private readonly Reservations _reservations = new();

    [Fact]
    public void With_ReservedAndOnRecord_CountsOnce()
    {
        _reservations.Take(SchedulingCases.Taken("a", "node-1"));

        Assert.Single(_reservations.With([SchedulingCases.Taken("a", "node-1")]));
    }

    [Fact]
    public void With_TheNextAttemptReserved_CountsBoth()
    {
        _reservations.Take(SchedulingCases.Taken("a", "node-2") with { Attempt = 2 });

        Assert.Equal(2, _reservations.With([SchedulingCases.Taken("a", "node-1")]).Count);
    }

    [Fact]
    public void With_OthersOnRecord_CountsAll()
    {
        _reservations.Take(SchedulingCases.Taken("a", "node-1"));

        Assert.Equal(
            ["a", "b", "c"],
            _reservations.With([SchedulingCases.Taken("b", "node-1"), SchedulingCases.Taken("c", "node-1")]).Select(a => a.UID).Order()
        );
        Assert.Single(_reservations.All);
    }
}
