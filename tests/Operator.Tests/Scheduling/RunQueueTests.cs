using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Scheduling;

public sealed class RunQueueTests
{
    private readonly ManualTimeProvider _clock = new(SchedulingCases.T0);
    private readonly Reservations _reservations = new();
    private readonly List<string> _woken = [];
    private List<NodeView> _nodes = [SchedulingCases.Node("node-1") with { MaxRuns = 2 }];
    private List<Allocation> _recorded = [];

    [Fact]
    public void Ask_RoomForTwo_ReservesForTwoBeforeAnyRecord()
    {
        var queue = Queue();
        Assert.True(queue.Ask(Run(0)).IsPlaced);
        Assert.True(queue.Ask(Run(1)).IsPlaced);
        Assert.Equal(1, queue.Ask(Run(2)).QueuePosition);
        Assert.Equal(2, queue.Ask(Run(3)).QueuePosition);
        Assert.Equal(2, _reservations.All.Count);
    }

    [Fact]
    public void Ask_Again_SameAnswer()
    {
        var queue = Queue();
        var first = queue.Ask(Run(0));
        Assert.Equal(first, queue.Ask(Run(0)));
        Assert.Single(_reservations.All);
    }

    [Fact]
    public void Settle_RecordHoldsTheRoom_NothingIsGivenTwice()
    {
        var queue = Queue();
        queue.Ask(Run(0));
        queue.Ask(Run(1));
        // For one run the informer shows the record before its reservation ends, for the other after.
        _recorded = [SchedulingCases.Taken("r0", "node-1")];
        Assert.False(queue.Ask(Run(2)).IsPlaced);
        queue.Settle("r0");
        queue.Refresh();
        Assert.False(queue.Ask(Run(2)).IsPlaced);
        Assert.Empty(_woken);
    }

    [Fact]
    public void Release_RoomIsFree_WakesTheNext()
    {
        var queue = Queue();
        for (var i = 0; i < 4; i++)
        {
            queue.Ask(Run(i));
        }

        Assert.True(queue.Release("r0"));
        queue.Refresh();
        Assert.Equal("r2", _woken[0]);
        Assert.True(queue.Ask(Run(2)).IsPlaced);
        Assert.Equal(1, queue.Ask(Run(3)).QueuePosition);
    }

    [Fact]
    public void Refresh_NodeAppears_WakesOnlyThePlacedRuns()
    {
        _nodes = [];
        var queue = Queue();
        Assert.Equal(RunReason.WaitingForNode, queue.Ask(Run(0)).Reason);
        Assert.Equal(RunReason.NoNodeMatches, Named(queue, "elsewhere"));
        _nodes = [SchedulingCases.Node("node-1")];
        queue.Refresh();
        Assert.Equal(["r0"], _woken);

        RunReason? Named(RunQueue q, string node)
        {
            _nodes = [SchedulingCases.Node("node-0") with { Connected = false }];
            q.Refresh();
            _woken.Clear();
            return q.Ask(Run(9) with { NodeName = node }).Reason;
        }
    }

    [Fact]
    public void Ask_ReservedNodeWentAway_IsPlacedElsewhere()
    {
        var queue = Queue();
        Assert.Equal("node-1", queue.Ask(Run(0)).Node);
        _nodes = [_nodes[0] with { Connected = false }, SchedulingCases.Node("node-2")];
        Assert.Equal("node-2", queue.Ask(Run(0)).Node);
        Assert.Equal("node-2", Assert.Single(_reservations.All).Node);
    }

    [Fact]
    public void Ask_NextAttempt_DropsTheReservationOfTheEarlierOne()
    {
        var queue = Queue();
        queue.Ask(Run(0));
        queue.Ask(Run(0) with { Attempt = 2 });
        Assert.Equal(2, Assert.Single(_reservations.All).Attempt);
    }

    [Fact]
    public void Refresh_PositionsOfTheFirstTen_AtMostEveryTenSeconds()
    {
        var queue = Queue();
        for (var i = 0; i < 20; i++)
        {
            queue.Ask(Run(i));
        }

        queue.Settle("r0");
        queue.Refresh();
        // r2 got the room. The positions of the others moved, and the first refresh shows that.
        Assert.True(queue.Ask(Run(2)).IsPlaced);
        Assert.Equal(1, queue.Ask(Run(3)).QueuePosition);
        Assert.Equal(10, queue.Ask(Run(12)).QueuePosition);
        // After the first ten, the position is the one at which the run was queued.
        Assert.Equal(18, queue.Ask(Run(19)).QueuePosition);

        _woken.Clear();
        queue.Settle("r1");
        var again = queue.Refresh();
        Assert.Equal(["r3"], _woken);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(10), again);
        Assert.Equal(2, queue.Ask(Run(4)).QueuePosition);

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(_clock.GetUtcNow().AddSeconds(10), queue.Refresh());
        Assert.Equal(1, queue.Ask(Run(4)).QueuePosition);
    }

    [Fact]
    public void Refresh_NoRunWaits_ReturnsNull()
    {
        var queue = Queue();
        Assert.Null(queue.Refresh());
        var began = 0;
        queue.Began += () => began++;
        queue.Ask(Run(0));
        queue.Ask(Run(1));
        Assert.Equal(1, began);
        Assert.NotNull(queue.Refresh());
        queue.Settle("r0");
        queue.Release("r1");
        Assert.Null(queue.Refresh());
    }

    [Fact]
    public void Ask_UrgentRunComesLater_PositionsAreCorrect()
    {
        _nodes = [_nodes[0] with { MaxRuns = 1 }];
        var queue = Queue();
        queue.Ask(Run(0));
        queue.Ask(Run(1));
        queue.Ask(Run(2) with { Priority = 9 });
        queue.Refresh();
        Assert.Equal(1, queue.Ask(Run(2) with { Priority = 9 }).QueuePosition);
        Assert.Equal(2, queue.Ask(Run(1)).QueuePosition);
    }

    [Fact]
    public void Refresh_RunsOvertakeTheTenth_NoTwoRunsShowOnePosition()
    {
        _nodes = [_nodes[0] with { MaxRuns = 1 }];
        var queue = Queue();
        for (var i = 0; i < 12; i++)
        {
            queue.Ask(Run(i));
        }

        Assert.Equal(10, queue.Ask(Run(10)).QueuePosition);
        queue.Ask(Run(20) with { Priority = 1 });
        queue.Ask(Run(21) with { Priority = 1 });
        queue.Refresh();
        Assert.Equal(12, queue.Ask(Run(10)).QueuePosition);
        Assert.Equal([1, 2], new[] { 20, 21 }.Select(i => queue.Ask(Run(i) with { Priority = 1 }).QueuePosition!.Value));
        Assert.Equal(Enumerable.Range(3, 8), Enumerable.Range(1, 8).Select(i => queue.Ask(Run(i)).QueuePosition!.Value));
    }

    [Fact]
    public void Refresh_RoomForOneAndTwoNamespaces_TheyTakeTurns()
    {
        _nodes = [_nodes[0] with { MaxRuns = 1 }];
        var queue = Queue();
        for (var i = 0; i < 4; i++)
        {
            queue.Ask(Run(i));
        }

        queue.Ask(Run(8) with { Namespace = "b" });
        queue.Ask(Run(9) with { Namespace = "b" });
        List<string> order = ["r0"];
        for (var i = 0; i < 5; i++)
        {
            queue.Release(order[^1]);
            queue.Refresh();
            order.Add(Assert.Single(_reservations.All).UID);
        }
        Assert.Equal(["r0", "r8", "r1", "r9", "r2", "r3"], order);
    }

    [Fact]
    public void Refresh_ThousandWaitAndANodeConnects_WakesFewForNewMessages()
    {
        _nodes = [SchedulingCases.Node("node-1")];
        var queue = Queue();
        for (var i = 0; i < 1000; i++)
        {
            queue.Ask(Run(i) with { NodeName = "nowhere" });
        }

        _nodes = [SchedulingCases.Node("node-1"), SchedulingCases.Node("node-2")];
        Assert.NotNull(queue.Refresh());
        Assert.Equal(100, _woken.Count);
    }

    [Fact]
    public void Refresh_ThousandWaitAndTheNodeDisconnects_WakesFewAtATime()
    {
        _nodes = [_nodes[0] with { MaxRuns = 1 }];
        var queue = Queue();
        for (var i = 0; i < 1000; i++)
        {
            queue.Ask(Run(i));
        }

        _nodes = [_nodes[0] with { Connected = false }];
        queue.Refresh();
        Assert.Equal(100, _woken.Count);
        Assert.Equal(RunReason.WaitingForNode, queue.Ask(Run(1)).Reason);
        queue.Refresh();
        Assert.Equal(100, _woken.Count);
        _clock.Advance(TimeSpan.FromSeconds(10));
        queue.Refresh();
        Assert.Equal(200, _woken.Count);
    }

    private RunQueue Queue()
    {
        var queue = new RunQueue(() => _nodes, () => _recorded, _reservations, _clock, new QueueOptions());
        queue.Woken += _woken.Add;
        return queue;
    }

    private static WaitingRun Run(int i) => SchedulingCases.Run($"r{i}") with { CreatedAt = SchedulingCases.T0.AddSeconds(i) };
}
