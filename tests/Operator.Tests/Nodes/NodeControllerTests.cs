using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds;
using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;
using Stromboli.Operator.Tests.Hub;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Nodes;

/// <summary>The real registry, informer and client against a fake API server, on a clock that is moved by hand.</summary>
public sealed class NodeControllerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _stop = new();
    private readonly object _link = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private FakeApiServer _server = null!;
    private KubeClient _client = null!;
    private Informer<AgentNode> _informer = null!;
    private NodeRegistry _registry = null!;
    private NodeController _controller = null!;
    private Task _running = Task.CompletedTask;
    private readonly FakeAllocations _allocations = new();
    private readonly FakeImages _images = new();

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _server.Objects.StatusSubresources.Add("agentnodes");
        _client = new KubeClient(new KubeConfig { Server = _server.Address });
        _informer = new Informer<AgentNode>(_client, AgentNodeResource.Type);
        var source = new InformerNodeSource(_informer, new Informer<Node>(_client, BuiltIn.Nodes));
        _registry = new NodeRegistry(
            source,
            new NodeLeaseOptions(Duration: TimeSpan.FromSeconds(60), Grace: TimeSpan.FromSeconds(5)),
            _clock
        );
        source.OnChange(_registry.Refresh);
        var events = new EventRecorder(
            _client,
            new EventRecorderOptions { ReportingController = "stromboli.dev/operator", ReportingInstance = "test" }
        );
        var writer = new NodeStatusWriter(
            _client,
            _informer,
            _registry,
            _allocations,
            new NodeEvents(source, events),
            new HubMetrics(_services.GetRequiredService<IMeterFactory>()),
            _clock
        );
        var creator = new AgentNodeCreator(_client, _informer, NullLogger<AgentNodeCreator>.Instance);
        _controller = new NodeController(
            _informer,
            _registry,
            creator,
            _images,
            _allocations,
            writer,
            _clock,
            NullLogger<Controller>.Instance
        );
        _running = Task.WhenAll(_informer.RunAsync(_stop.Token), _controller.RunAsync(_stop.Token), events.RunAsync(_stop.Token));
        await _client.CreateAsync(
            AgentNodeResource.Type,
            HubFakes.Node("node-1") with
            {
                Spec = new AgentNodeSpec { Labels = new() { ["pool"] = "a" } },
            }
        );
        await PassAsync(() => Status?.Runs == "0/0");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _controller.Dispose();
        _registry.Dispose();
        _client.Dispose();
        _stop.Dispose();
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    private AgentNodeStatus? Status => _informer.Store.Get(NamespacedName.Cluster("node-1"))?.Status;

    private int Writes =>
        _server.Requests.Count(r => r is { Method: "PUT", Path: "/apis/stromboli.dev/v1alpha1/agentnodes/node-1/status" });

    [Fact]
    public void Status_NoBridgeEverConnected_IsNeverConnected()
    {
        Assert.Equal(("NeverConnected", "NotReady"), (Ready.Reason, Schedulable.Reason));
        Assert.Equal((1, 1), (Ready.ObservedGeneration, Status!.ObservedGeneration));
        Assert.Equal(["pool"], Status.Labels!.Keys);
    }

    [Fact]
    public async Task Status_BridgeConnects_HasItsFacts()
    {
        await ConnectAsync();

        Assert.Equal(("True", "True"), (Ready.Status, Schedulable.Status));
        Assert.Equal(
            ("4", "8Gi", 6000, 8, "0/8"),
            (Status!.Capacity!.Cpu.ToString(), Status.Capacity.Memory.ToString(), Status.Capacity.Pids, Status.Capacity.Runs, Status.Runs)
        );
        Assert.Equal(0, Status.Allocated!.Pids);
        Assert.Equal("0.1.0", Status.BridgeVersion);
        Assert.NotNull(Status.ConnectedSince);
        Assert.Equal(2, Writes);
    }

    [Fact]
    public async Task Deleted_WhileItsBridgeIsConnected_IsMadeAgain()
    {
        await ConnectAsync();
        await _client.DeleteAsync(AgentNodeResource.Type, NamespacedName.Cluster("node-1"));

        await PassAsync(() => Status is { Runs: "0/8" } && Writes > 2);
        Assert.Equal("True", Ready.Status);
    }

    [Fact]
    public async Task Status_IdleNodeWithLeasesForAnHour_IsNotWritten()
    {
        await ConnectAsync();
        var before = Writes;
        for (var i = 0; i < 360; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            _registry.LeaseGranted("node-1", _clock.GetTimestamp());
            _allocations.Change("node-1");
        }

        await SettledAsync();
        Assert.Equal(before, Writes);
    }

    [Fact]
    public async Task Status_ManyChanges_AreOneWriteInTenSeconds()
    {
        await ConnectAsync();
        var before = Writes;
        for (var i = 1; i <= 50; i++)
        {
            _allocations.Allocation = new NodeAllocation(i % 8, 100 * i, i << 20, 256 * (i % 8));
            _allocations.Change("node-1");
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await PassAsync(() => Status!.Runs == "2/8");
        Assert.InRange(Writes - before, 1, 2);
        Assert.Equal(("5", 512), (Status!.Allocated!.Cpu.ToString(), Status.Allocated.Pids));
    }

    [Fact]
    public async Task Status_LinkGoneForAMoment_IsNotWritten()
    {
        await ConnectAsync();
        // Longer than the interval of writes, and much shorter than the lease.
        _clock.Advance(TimeSpan.FromSeconds(20));
        _registry.LeaseGranted("node-1", _clock.GetTimestamp());
        // With the link gone, a write that was still due would come now.
        await SettledAsync();
        var since = Status!.ConnectedSince;
        _registry.LinkDown("node-1", _link);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await SettledAsync();
        Assert.Equal(("True", since), (Ready.Status, Status.ConnectedSince));

        Up();
        await PassAsync(() => Status!.ConnectedSince != since);
        Assert.Equal("True", Ready.Status);
    }

    [Fact]
    public async Task Status_LinkGone_IsDisconnectedAndThenLostWithAnEvent()
    {
        await ConnectAsync();
        _registry.LeaseGranted("node-1", _clock.GetTimestamp());
        _registry.LinkDown("node-1", _link);
        await PassAsync(() => Ready.Reason == "Disconnected");
        Assert.Null(Status!.ConnectedSince);
        await PassAsync(() => Ready.Reason == "Lost");

        await Eventually.True(() =>
            _server.Requests.Any(r =>
                r.Path.EndsWith("/events", StringComparison.Ordinal) && r.Body.Contains("NodeLost", StringComparison.Ordinal)
            )
        );
        Assert.Equal("5.4.2", Status!.PodmanVersion);
    }

    [Fact]
    public async Task Status_AdminMakesItUnschedulable_ShowsWithTheNewGeneration()
    {
        await ConnectAsync();
        var node = await _client.GetAsync(AgentNodeResource.Type, NamespacedName.Cluster("node-1"));
        await _client.ReplaceAsync(AgentNodeResource.Type, node with { Spec = node.Spec! with { Unschedulable = true } });

        await PassAsync(() => Schedulable.Reason == "Unschedulable");
        Assert.Equal((2, 2, "True"), (Schedulable.ObservedGeneration, Status!.ObservedGeneration, Ready.Status));
    }

    [Fact]
    public async Task Status_EngineProblem_IsNotReadyWithTheMessage()
    {
        await ConnectAsync();
        _registry.FactsChanged("node-1", _link, TestBridge.HelloOf("node-1").Facts with { Problem = "Podman does not answer." });

        await PassAsync(() => Ready.Reason == "EngineProblem");
        Assert.Equal(("False", "Podman does not answer."), (Ready.Status, Ready.Message));
    }

    [Fact]
    public async Task Status_Permissions_AreShown()
    {
        await ConnectAsync();
        Assert.Equal((false, null, null), (Status!.ClonesGit, Status.AllowedVolumes, Status.AllowedPodmanSecrets));
        _registry.FactsChanged(
            "node-1",
            _link,
            TestBridge.HelloOf("node-1").Facts with
            {
                AllowedVolumes = [new NodeVolume { PathPrefix = "/srv/data", ReadOnly = true }],
                AllowedPodmanSecrets = ["token"],
                ClonesGit = true,
            }
        );

        await PassAsync(() => Status!.ClonesGit == true);
        Assert.Equal([new NodeVolume { PathPrefix = "/srv/data", ReadOnly = true }], Status.AllowedVolumes);
        Assert.Equal(["token"], Status.AllowedPodmanSecrets);
    }

    [Fact]
    public async Task Status_DiskPressure_IsAConditionAndKeepsRunsAway()
    {
        await ConnectAsync();
        Assert.Equal(("False", "EnoughSpace"), (Pressure.Status, Pressure.Reason));
        _registry.FactsChanged("node-1", _link, TestBridge.HelloOf("node-1").Facts with { DiskPressure = "Too little is free." });

        await PassAsync(() => Pressure.Status == "True");
        Assert.Equal(("LowOnSpace", "Too little is free."), (Pressure.Reason, Pressure.Message));
        Assert.Equal(("False", "DiskPressure", "True"), (Schedulable.Status, Schedulable.Reason, Ready.Status));
    }

    private Condition Pressure => Conditions.Find(Status?.Conditions, NodeConditions.DiskPressure)!;

    private Condition Ready => Conditions.Find(Status?.Conditions, NodeConditions.Ready)!;

    private Condition Schedulable => Conditions.Find(Status?.Conditions, NodeConditions.Schedulable)!;

    private void Up()
    {
        _registry.LinkUp("node-1", _link, TestBridge.HelloOf("node-1").Facts with { PodmanVersion = "5.4.2" });
        _registry.Resynced("node-1", _link);
    }

    private async Task ConnectAsync()
    {
        _registry.LeadershipBegins();
        Up();
        _registry.LeaseGranted("node-1", _clock.GetTimestamp());
        await PassAsync(() => Status!.Runs == "0/8");
    }

    private Task PassAsync(Func<bool> until) =>
        Eventually.True(() =>
        {
            if (until())
            {
                return true;
            }

            _clock.Advance(TimeSpan.FromMilliseconds(250));
            return false;
        });

    // A look begins only after the one before it has ended, so every due write has been made.
    private async Task SettledAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var before = _images.Looks;
            _allocations.Change("node-1");
            await Eventually.True(() => _images.Looks > before);
        }
    }

    private sealed class FakeAllocations : INodeAllocations
    {
        private Action<string> _changed = _ => { };

        public NodeAllocation Allocation { get; set; }

        public NodeAllocation OnNode(string node) => Allocation;

        public void OnChange(Action<string> changed) => _changed += changed;

        public void Change(string node) => _changed(node);
    }

    private sealed class FakeImages : INodeImages
    {
        private int _looks;

        public ConcurrentDictionary<string, IReadOnlyList<string>> Desired { get; } = new();

        public int Looks => Volatile.Read(ref _looks);

        public void SendImages(string node, IReadOnlyList<string> images)
        {
            Desired[node] = images;
            Interlocked.Increment(ref _looks);
        }
    }
}
