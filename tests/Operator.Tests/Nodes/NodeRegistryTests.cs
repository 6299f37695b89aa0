using Stromboli.Crds.Nodes;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Tests.Hub;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Nodes;

public sealed class NodeRegistryTests : IDisposable
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly SteppedClock _clock = new();
    private readonly HubFakes _fakes = new();
    private readonly List<string> _changes = [];
    private readonly NodeRegistry _registry;

    public NodeRegistryTests()
    {
        _fakes.Agents["n"] = HubFakes.Node("n");
        _registry = new NodeRegistry(_fakes, new NodeLeaseOptions(After, Grace), _clock);
        _registry.Changed += _changes.Add;
    }

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void LostAt_NoLeaseOfThisLeader_CountsFromItsBeginning()
    {
        _clock.Manual.Advance(TimeSpan.FromMinutes(7));
        _registry.LeadershipBegins();
        var began = _clock.GetUtcNow();
        _clock.Manual.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(began + After + Grace, _registry.Find("n")!.LostAt);
    }

    [Fact]
    public void LostAt_LeaseGranted_CountsFromTheReceiptAndIsNeverShortened()
    {
        var first = _clock.GetTimestamp();
        _clock.Manual.Advance(TimeSpan.FromSeconds(10));
        var second = _clock.GetTimestamp();
        var received = _clock.GetUtcNow();
        _registry.LeaseGranted("n", second);
        _registry.LeaseGranted("n", first);
        _clock.Manual.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(received + After + Grace, _registry.Find("n")!.LostAt);
    }

    [Fact]
    public void LostAt_WallClockStepsForward_DoesNotLoseTheNodeEarly()
    {
        _registry.LeaseGranted("n", _clock.GetTimestamp());
        _clock.Offset = TimeSpan.FromHours(5);

        Assert.Equal(After + Grace, _registry.Find("n")!.LostAt - _clock.GetUtcNow());
        Assert.False(_registry.Report("n").Lost);
    }

    [Fact]
    public void Changed_LeaseOver_IsRaisedOnceAndNotBefore()
    {
        _registry.LeadershipBegins();
        _registry.LeaseGranted("n", _clock.GetTimestamp());
        _changes.Clear();
        _clock.Manual.Advance(After + Grace - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_changes);
        _clock.Manual.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["n"], _changes);
        Assert.True(_registry.Report("n").Lost);
    }

    [Fact]
    public void Changed_LeaseExtendedMeanwhile_IsNotRaised()
    {
        _registry.LeaseGranted("n", _clock.GetTimestamp());
        _changes.Clear();
        for (var i = 0; i < 10; i++)
        {
            _clock.Manual.Advance(TimeSpan.FromSeconds(30));
            _registry.LeaseGranted("n", _clock.GetTimestamp());
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public void Changed_PausedPastTheLease_IsRaisedWhenTheProcessWakes()
    {
        _registry.LeaseGranted("n", _clock.GetTimestamp());
        _changes.Clear();
        _clock.Manual.AdvanceStopped(TimeSpan.FromHours(1));
        _clock.Manual.Advance(TimeSpan.Zero);

        Assert.Equal(["n"], _changes);
    }

    [Fact]
    public void Changed_LinkUpAndDown_IsRaisedForEachAndOnlyForTheLinkThatHasTheNode()
    {
        object older = new(),
            newer = new();
        _registry.LinkUp("n", older, Facts());
        Assert.False(_registry.Find("n")!.Connected);
        _changes.Clear();
        _registry.Resynced("n", older);
        Assert.True(_registry.Find("n")!.Connected);
        _registry.LinkUp("n", newer, Facts());
        Assert.False(_registry.Find("n")!.Connected);
        _registry.Resynced("n", older);
        Assert.False(_registry.Find("n")!.Connected);
        _registry.Resynced("n", newer);
        _registry.LinkDown("n", older);
        Assert.True(_registry.Find("n")!.Connected);
        _registry.FactsChanged("n", older, Facts() with { Problem = "old news" });
        Assert.Null(_registry.Find("n")!.Problem);
        _registry.LinkDown("n", newer);

        Assert.False(_registry.Find("n")!.Connected);
        Assert.Equal(4, _changes.Count);
    }

    [Fact]
    public void Connected_BackAfterTheLeaseEnded_NeedsANewLease()
    {
        _registry.LeadershipBegins();
        _registry.LeaseGranted("n", _clock.GetTimestamp());
        _clock.Manual.Advance(After + Grace + TimeSpan.FromSeconds(1));
        _registry.LinkUp("n", this, Facts());
        _registry.Resynced("n", this);
        Assert.False(_registry.Find("n")!.Connected);
        _changes.Clear();
        _registry.LeaseGranted("n", _clock.GetTimestamp());

        Assert.True(_registry.Find("n")!.Connected);
        Assert.Equal(["n"], _changes);
    }

    [Fact]
    public void Refresh_NothingNew_RaisesNothing()
    {
        _registry.LinkUp("n", this, Facts());
        _changes.Clear();
        _registry.FactsChanged("n", this, Facts());
        _registry.Refresh("n");
        _fakes.Agents["n"] = _fakes.Agents["n"] with { Status = new AgentNodeStatus { Runs = "0/8" } };
        _registry.Refresh("n");

        Assert.Empty(_changes);
    }

    [Fact]
    public void Labels_BridgeReportsForeignLabels_GetItsOwnPrefix()
    {
        _fakes.Agents["n"] = _fakes.Agents["n"] with
        {
            Spec = new AgentNodeSpec
            {
                Labels = new() { ["pool"] = "admin", ["node.stromboli.dev/forged"] = "admin" },
            },
        };
        _fakes.Cluster["n"] = new Dictionary<string, string>
        {
            ["pool"] = "cluster",
            ["zone"] = "a",
            ["node.stromboli.dev/forged"] = "kubelet",
        };
        var facts = NodeFactsRules.Clean(
            Facts() with
            {
                Labels = new Dictionary<string, string>
                {
                    ["pool"] = "bridge",
                    ["node.stromboli.dev/gpu"] = "yes",
                    ["a/b"] = "x",
                    ["bad"] = "no spaces",
                    ["kubernetes.io/role"] = "m",
                },
            }
        );
        _registry.LinkUp("n", this, facts);

        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["node.stromboli.dev/gpu"] = "yes",
                ["node.stromboli.dev/pool"] = "bridge",
                ["pool"] = "admin",
                ["zone"] = "a",
            },
            new SortedDictionary<string, string>(_registry.Find("n")!.Labels.ToDictionary())
        );
    }

    [Fact]
    public void View_BridgeUnknownToThisLeader_ComesFromTheStatus()
    {
        _fakes.Agents["n"] = _fakes.Agents["n"] with
        {
            Status = new AgentNodeStatus
            {
                Capacity = new NodeResources
                {
                    Cpu = new Quantity("2500m"),
                    Memory = new Quantity("1Gi"),
                    Pids = 700,
                    Runs = 3,
                },
                EnforcedLimits = ["cpu", "memory", "pids"],
                Labels = new() { ["node.stromboli.dev/gpu"] = "yes", ["gone"] = "x" },
            },
        };

        var view = _registry.Find("n")!;

        Assert.Equal(
            (false, 2500, 1L << 30, 700, 3, true),
            (view.Connected, view.CpuMillis, view.MemoryBytes, view.Pids, view.MaxRuns, view.TakesLimits)
        );
        Assert.Equal(["node.stromboli.dev/gpu"], view.Labels.Keys);
    }

    [Theory]
    [InlineData(null, 8)]
    [InlineData(2, 2)]
    [InlineData(0, 0)]
    public void MaxRuns_InTheSpec_OverridesTheBridge(int? spec, int expected)
    {
        _fakes.Agents["n"] = _fakes.Agents["n"] with { Spec = new AgentNodeSpec { MaxRuns = spec } };
        _registry.LinkUp("n", this, Facts());

        Assert.Equal(expected, _registry.Find("n")!.MaxRuns);
    }

    [Fact]
    public void Permissions_Reported_AreWithinBoundsAndNoChangeWhenReportedAgain()
    {
        var changes = new List<string>();
        NodeFacts Said() =>
            Facts() with
            {
                AllowedVolumes =
                [
                    Volume("/data"),
                    Volume("/data"),
                    Volume("relative"),
                    Volume("/new\nline"),
                    Volume("/" + new string('x', 600)),
                    new NodeVolume { PathPrefix = "/none" },
                    null!,
                    .. Enumerable.Range(0, 100).Select(i => Volume($"/v{i}")),
                ],
                AllowedPodmanSecrets =
                [
                    "token",
                    "token",
                    "",
                    "two\nlines",
                    new string('s', 1000),
                    .. Enumerable.Range(0, 100).Select(i => $"s{i}"),
                ],
                ClonesGit = true,
                EnforcedLimits = ["ephemeralStorage", "invented", "cpu"],
                DiskPressure = "It is\nfull.",
            };
        var cleaned = NodeFactsRules.Clean(Said());
        _registry.LinkUp("n", this, cleaned);
        _registry.Changed += changes.Add;
        _registry.FactsChanged("n", this, NodeFactsRules.Clean(Said()));

        var view = _registry.Find("n")!;
        Assert.Empty(changes);
        Assert.Equal(NodeLimits.AllowedVolumes, view.Permissions!.Volumes.Count);
        Assert.Equal(["/data", "/v0"], view.Permissions.Volumes.Take(2).Select(v => v.PathPrefix));
        Assert.Equal(NodeLimits.AllowedPodmanSecrets, view.Permissions.PodmanSecrets.Count);
        Assert.Equal(["token", "s0"], view.Permissions.PodmanSecrets.Take(2));
        Assert.True(view.Permissions.ClonesGit);
        Assert.Equal((true, "It is full."), (view.KeepsStorageLimits, view.DiskPressure));
        Assert.Equal(["cpu", "ephemeralStorage"], cleaned.EnforcedLimits);
    }

    [Fact]
    public void Permissions_BridgeUnknownToThisLeader_ComeFromTheStatusOrAreUnknown()
    {
        Assert.Null(_registry.Find("n")!.Permissions);
        _fakes.Agents["n"] = _fakes.Agents["n"] with
        {
            Status = new AgentNodeStatus { ClonesGit = false, AllowedVolumes = [Volume("/data")] },
        };
        Assert.Equal(new NodePermissions { Volumes = [Volume("/data")] }, _registry.Find("n")!.Permissions);
    }

    [Theory]
    [InlineData("cpu,memory,pids", false, false)]
    [InlineData("ephemeralStorage", false, true)]
    [InlineData("", true, true)]
    public void KeepsStorageLimits_FollowsWhatTheBridgeMeasures(string enforced, bool allows, bool expected)
    {
        _registry.LinkUp("n", this, Facts() with { EnforcedLimits = enforced.Split(','), AllowsUnenforcedLimits = allows });

        Assert.Equal(expected, _registry.Find("n")!.KeepsStorageLimits);
    }

    private static NodeVolume Volume(string prefix) => new() { PathPrefix = prefix, ReadOnly = true };

    [Theory]
    [InlineData("cpu,memory,pids", false, true)]
    [InlineData("memory,pids", false, false)]
    [InlineData("", true, true)]
    public void TakesLimits_FollowsWhatTheEngineEnforces(string enforced, bool allows, bool expected)
    {
        _registry.LinkUp("n", this, Facts() with { EnforcedLimits = enforced.Split(','), AllowsUnenforcedLimits = allows });

        Assert.Equal(expected, _registry.Find("n")!.TakesLimits);
    }

    [Fact]
    public void Nodes_AgentNodeDeleted_DoNotContainIt()
    {
        _registry.LinkUp("n", this, Facts());
        _fakes.Agents.TryRemove("n", out _);
        _changes.Clear();
        _registry.Refresh("n");
        _registry.Refresh("n");

        Assert.Empty(_registry.Nodes);
        Assert.Equal(["n"], _changes);
    }

    private static NodeFacts Facts() => TestBridge.HelloOf("n").Facts;

    /// <summary>A clock whose wall time can step, as an administrator or NTP can make it.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public ManualTimeProvider Manual { get; } = new();

        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => Manual.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Manual.GetUtcNow() + Offset;

        public override long GetTimestamp() => Manual.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Manual.CreateTimer(callback, state, dueTime, period);
    }
}
