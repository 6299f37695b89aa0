using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Tests.Scheduling;

public sealed class SchedulerTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Place_NoNodes_WaitsForNode()
    {
        var placement = Place(Run("a"));
        Assert.Equal(RunReason.WaitingForNode, placement.Reason);
        Assert.Contains("none has joined yet", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_FreeNode_IsPlaced() => Assert.Equal("node-1", Place(Run("a"), Node("node-1")).Node);

    [Fact]
    public void Place_SelectorMatchesNothing_NamesLabelAndNodes()
    {
        var run = Run("a") with { NodeSelector = new Dictionary<string, string> { ["pool"] = "gpu" } };
        var placement = Place(run, Node("node-1"), Node("node-2"));
        Assert.Equal(RunReason.NoNodeMatches, placement.Reason);
        Assert.Contains("pool=gpu", placement.Message, StringComparison.Ordinal);
        Assert.Contains("node-1, node-2", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_SelectorMatchesOne_TakesThatOne()
    {
        var run = Run("a") with { NodeSelector = new Dictionary<string, string> { ["pool"] = "gpu" } };
        var gpu = Node("node-2") with { Labels = new Dictionary<string, string> { ["pool"] = "gpu" } };
        Assert.Equal("node-2", Place(run, Node("node-1"), gpu).Node);
    }

    [Fact]
    public void Place_NodeNameUnknown_NamesTheExistingNodes()
    {
        var placement = Place(Run("a") with { NodeName = "node-9" }, Node("node-1"));
        Assert.Equal(RunReason.NoNodeMatches, placement.Reason);
        Assert.Contains("node-9", placement.Message, StringComparison.Ordinal);
        Assert.Contains("node-1", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_NodeName_TakesThatNodeEvenIfFuller() =>
        Assert.Equal(
            "node-2",
            Scheduler.Place([Run("a") with { NodeName = "node-2" }], [Node("node-1"), Node("node-2")], [Taken("x", "node-2")])["a"].Node
        );

    [Theory]
    [InlineData("disconnected", "is not connected")]
    [InlineData("unschedulable", "is unschedulable")]
    [InlineData("none", "takes no runs (maxRuns is 0)")]
    [InlineData("problem", "has a problem (podman is gone)")]
    public void Place_OnlyNodeIsDown_SaysWhy(string how, string sentence)
    {
        var node = how switch
        {
            "disconnected" => Node("node-1") with { Connected = false },
            "unschedulable" => Node("node-1") with { Unschedulable = true },
            "none" => Node("node-1") with { MaxRuns = 0 },
            _ => Node("node-1") with { Problem = "podman is gone." },
        };
        var placement = Place(Run("a"), node);
        Assert.Equal(RunReason.WaitingForNode, placement.Reason);
        Assert.Contains($"node-1 {sentence}", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_LimitsNotEnforceable_SaysWhatToDo()
    {
        var placement = Place(Run("a"), Node("node-1") with { TakesLimits = false });
        Assert.Equal(RunReason.LimitsNotEnforceable, placement.Reason);
        Assert.Contains("--allow-unenforced-limits", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_LargerThanAnyNode_SaysSoInsteadOfQueueing()
    {
        var placement = Place(Run("a") with { MemoryBytes = 64L << 30 }, Node("node-1"));
        Assert.Equal(RunReason.NoNodeMatches, placement.Reason);
        Assert.Contains("64Gi", placement.Message, StringComparison.Ordinal);
        Assert.Contains("8Gi", placement.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4096, 8192, 4096, null)]
    [InlineData(4097, 8192, 4096, "4096 pids")]
    [InlineData(4097, 8192, null, null)]
    [InlineData(1025, 1024, 4096, "1024 pids")]
    [InlineData(32_768, null, null, null)]
    public void Place_MorePidsThanANodeGivesOneRun_SaysSoInsteadOfQueueing(int pids, int? node, int? run, string? most)
    {
        var placement = Place(Run("a") with { Pids = pids }, Node("node-1") with { Pids = node, RunPids = run });
        Assert.Equal((most is null ? null : RunReason.NoNodeMatches, most is null), (placement.Reason, placement.IsPlaced));
        Assert.Contains(most ?? "", placement.Message, StringComparison.Ordinal);
        Assert.Contains(most is null ? "" : $"{pids} pids", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_PidsOnRecord_AreTaken()
    {
        var (one, other) = (Node("node-1") with { Pids = 8192 }, Node("node-2") with { Pids = 8192 });
        var taken = Taken("x", "node-1") with { Pids = 8000 };
        Assert.Equal(RunReason.Queued, Scheduler.Place([Run("a")], [one], [taken])["a"].Reason);
        Assert.True(Scheduler.Place([Run("a") with { Pids = 192 }], [one], [taken])["a"].IsPlaced);
        // It is the fuller of the two.
        Assert.Equal("node-2", Scheduler.Place([Run("a") with { Pids = 192 }], [one, other], [taken, Taken("y", "node-2")])["a"].Node);
    }

    [Fact]
    public void Place_DisconnectedNodeIsLargeEnough_WaitsForIt()
    {
        var large = Node("node-2") with { Connected = false, MemoryBytes = 128L << 30 };
        Assert.Equal(RunReason.WaitingForNode, Place(Run("a") with { MemoryBytes = 64L << 30 }, Node("node-1"), large).Reason);
    }

    [Fact]
    public void Place_MoreRunsThanRoom_QueuesTheRestInOrder()
    {
        var runs = Enumerable.Range(0, 5).Select(i => Run($"r{i}") with { CreatedAt = T0.AddSeconds(i) }).ToList();
        var placements = Scheduler.Place(runs, [Node("node-1") with { MaxRuns = 2 }], []);
        Assert.Equal("node-1", placements["r0"].Node);
        Assert.Equal("node-1", placements["r1"].Node);
        Assert.Equal([1, 2, 3], new[] { "r2", "r3", "r4" }.Select(r => placements[r].QueuePosition));
        Assert.All(new[] { "r2", "r3", "r4" }, r => Assert.Equal(RunReason.Queued, placements[r].Reason));
    }

    [Theory]
    [InlineData(8, 2000, 8L << 30, 8192, 2)]
    [InlineData(8, 8000, 1L << 30, 8192, 2)]
    [InlineData(3, 8000, 8L << 30, 8192, 3)]
    [InlineData(8, 8000, 8L << 30, 1279, 4)]
    [InlineData(8, 8000, 8L << 30, 1280, 5)]
    [InlineData(8, 8000, 8L << 30, 255, 0)]
    [InlineData(8, 8000, 8L << 30, null, 8)]
    [InlineData(0, 8000, 8L << 30, 8192, 0)]
    public void Place_Capacity_IsTheScarcestOfFour(int maxRuns, long cpu, long memory, int? pids, int placed)
    {
        var node = Node("node-1") with { MaxRuns = maxRuns, CpuMillis = cpu, MemoryBytes = memory, Pids = pids };
        var placements = Scheduler.Place([.. Enumerable.Range(0, 10).Select(i => Run($"r{i}"))], [node], []);
        Assert.Equal(placed, placements.Values.Count(p => p.IsPlaced));
    }

    [Fact]
    public void Place_Spread_TakesTheLeastFilledAndThenTheFirstByName()
    {
        var runs = Enumerable.Range(0, 4).Select(i => Run($"r{i}") with { CreatedAt = T0.AddSeconds(i) }).ToList();
        var placements = Scheduler.Place(runs, [Node("node-2"), Node("node-1")], [Taken("x", "node-1")]);
        Assert.Equal(["node-2", "node-1", "node-2", "node-1"], runs.Select(r => placements[r.UID].Node));
    }

    [Fact]
    public void Place_Priority_GoesBeforeAgeWithinANamespace()
    {
        var placements = Scheduler.Place(
            [Run("old"), Run("new") with { CreatedAt = T0.AddHours(1), Priority = 5 }],
            [Node("node-1") with { MaxRuns = 1 }],
            []
        );
        Assert.True(placements["new"].IsPlaced);
        Assert.Equal(1, placements["old"].QueuePosition);
    }

    [Fact]
    public void Place_FairShare_GoesBeforePriority()
    {
        var placements = Scheduler.Place(
            [Run("greedy") with { Priority = 100 }, Run("modest") with { Namespace = "b", CreatedAt = T0.AddHours(1) }],
            [Node("node-1") with { MaxRuns = 2 }],
            [Taken("x", "node-1")]
        );
        Assert.True(placements["modest"].IsPlaced);
        Assert.False(placements["greedy"].IsPlaced);
    }

    [Fact]
    public void Place_TwoNamespaces_TakeTurns()
    {
        var runs = Enumerable
            .Range(0, 6)
            .Select(i => Run($"a{i}") with { CreatedAt = T0.AddSeconds(i) })
            .Concat(Enumerable.Range(0, 2).Select(i => Run($"b{i}") with { Namespace = "b", CreatedAt = T0.AddHours(1 + i) }))
            .ToList();
        var placements = Scheduler.Place(runs, [Node("node-1") with { MaxRuns = 4 }], []);
        Assert.Equal(["a0", "a1", "b0", "b1"], runs.Where(r => placements[r.UID].IsPlaced).Select(r => r.UID));
        Assert.Equal(1, placements["a2"].QueuePosition);
    }

    [Fact]
    public void Place_RunWithoutAnyNode_DoesNotUseATurnOfItsNamespace()
    {
        var stuck = Run("stuck") with { NodeName = "nowhere" };
        var placements = Scheduler.Place(
            [stuck, Run("a1") with { CreatedAt = T0.AddSeconds(1) }, Run("b0") with { Namespace = "b", CreatedAt = T0.AddSeconds(2) }],
            [Node("node-1") with { MaxRuns = 1 }],
            []
        );
        Assert.True(placements["a1"].IsPlaced);
    }

    [Fact]
    public void Place_LargeRunFindsNoRoom_SmallRunBehindItIsPlaced()
    {
        var large = Run("large") with { CpuMillis = 4000 };
        var placements = Scheduler.Place(
            [large, Run("small") with { CreatedAt = T0.AddSeconds(1) }],
            [Node("node-1") with { CpuMillis = 4000 }],
            [Taken("x", "node-1")]
        );
        Assert.Equal(RunReason.Queued, placements["large"].Reason);
        Assert.True(placements["small"].IsPlaced);
    }

    [Fact]
    public void Place_LostNode_IsAvoidedWhileAnotherCanTakeTheRun()
    {
        var run = Run("a") with { Avoid = "node-1" };
        Assert.Equal("node-2", Place(run, Node("node-1"), Node("node-2")).Node);
        Assert.Equal("node-1", Place(run, Node("node-1"), Node("node-2") with { Connected = false }).Node);
        Assert.Equal(
            RunReason.Queued,
            Scheduler.Place([run], [Node("node-1"), Node("node-2") with { MaxRuns = 1 }], [Taken("x", "node-2")])["a"].Reason
        );
    }

    [Fact]
    public void Place_SameInputInAnotherOrder_SameAnswer()
    {
        var random = new Random(7);
        var runs = Enumerable.Range(0, 40).Select(i => Run($"r{i}") with { Namespace = $"ns{i % 3}", Priority = i % 4 }).ToArray();
        NodeView[] nodes = [Node("node-1") with { MaxRuns = 3 }, Node("node-2") with { MaxRuns = 5 }, Node("node-3") with { MaxRuns = 2 }];
        var first = Scheduler.Place(runs, nodes, []);
        random.Shuffle(runs);
        random.Shuffle(nodes);
        var second = Scheduler.Place(runs, nodes, []);
        Assert.All(first, p => Assert.Equal(p.Value, second[p.Key]));
    }

    private static Placement Place(WaitingRun run, params NodeView[] nodes) => Scheduler.Place([run], nodes, [])[run.UID];

    private static WaitingRun Run(string uid) => SchedulingCases.Run(uid);

    private static NodeView Node(string name) => SchedulingCases.Node(name);

    private static Allocation Taken(string uid, string node) => SchedulingCases.Taken(uid, node);
}
