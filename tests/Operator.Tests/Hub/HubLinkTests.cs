using System.Text;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hub;

public sealed class HubLinkTests
{
    [Fact]
    public async Task Link_MalformedMessage_EndsTheLinkAndDisconnectsTheNode()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);
        bridge.Send(new Observed { Attempt = TestBridge.Running("") });

        Assert.Equal(RefusalReason.ProtocolError, (await bridge.EndAsync())?.Reason);
        await Eventually.True(() => !hub.Registry.Find("node-1")!.Connected);
    }

    [Fact]
    public async Task Link_SecondHello_IsAProtocolError()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        bridge.Send(TestBridge.HelloOf("node-1"));

        Assert.Equal(RefusalReason.ProtocolError, (await bridge.EndAsync())?.Reason);
    }

    [Fact]
    public async Task Send_BridgeDoesNotRead_ClosesTheLinkAndNeverBlocks()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);

        for (var i = 0; i < 200; i++)
        {
            hub.Hub.Send("node-1", Desired($"u-{i}", promptBytes: 500_000));
        }

        await Eventually.True(() => !hub.Registry.Find("node-1")!.Connected);
        Assert.Contains(hub.Logs.Lines, l => l.Contains("QueueFull", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_WhileTheSnapshotIsMade_SendsOnlyTheLastStateAfterIt()
    {
        var snapshot = new TaskCompletionSource<IReadOnlyList<DesiredAttempt>>();
        var asked = new TaskCompletionSource();
        var fakes = new HubFakes
        {
            Desired = _ =>
            {
                asked.SetResult();
                return snapshot.Task;
            },
        };
        await using var hub = await HubUnderTest.StartAsync(fakes);
        await using var bridge = await hub.ConnectAsync(observed: TestBridge.Running("u-1"));
        await asked.Task;
        hub.Hub.Send("node-1", Desired("u-1"));
        hub.Hub.Send("node-1", Desired("u-2"));
        hub.Hub.Send("node-1", Desired("u-1") with { State = DesiredState.Absent });
        bridge.Send(new Observed { Attempt = TestBridge.Running("u-2") });
        bridge.Send(new Ping { PingID = 9 });
        Assert.Empty(fakes.Observations);
        snapshot.SetResult([Desired("u-1")]);

        await bridge.ReceiveAsync<Welcome>();
        var first = await bridge.ReceiveAsync<DesiredSnapshot>();
        var second = await bridge.ReceiveAsync<Desired>();
        var third = await bridge.ReceiveAsync<Desired>();
        await bridge.ReceiveAsync<LeaseGrant>();

        Assert.Equal(["u-1"], first.Attempts.Select(a => a.UID));
        Assert.Equal(
            [("u-1", DesiredState.Absent), ("u-2", DesiredState.Hold)],
            new[] { second, third }.Select(d => (d.Attempt.UID, d.Attempt.State))
        );
        await Eventually.True(() => fakes.Observations.Count == 2);
        Assert.Equal(["u-1", "u-2"], fakes.Observations.Select(o => o.Observation.UID));
        hub.Hub.Send("node-1", Desired("u-3"));
        Assert.Equal("u-3", (await bridge.ReceiveAsync<Desired>()).Attempt.UID);
    }

    [Fact]
    public async Task Resync_Fails_ClosesTheLink()
    {
        await using var hub = await HubUnderTest.StartAsync(
            new HubFakes { Desired = _ => throw new InvalidOperationException("no Secret to be had") }
        );
        await using var bridge = await hub.ConnectAsync();

        Assert.Null(await bridge.EndAsync());
        Assert.False(hub.Registry.Find("node-1")!.Connected);
    }

    [Fact]
    public async Task Resync_LeadLostWhileTheSnapshotWasMade_SendsNothingOfIt()
    {
        var fakes = new HubFakes();
        fakes.Desired = _ =>
        {
            fakes.IsLeader = false;
            return Task.FromResult<IReadOnlyList<DesiredAttempt>>([Desired("u-1")]);
        };
        await using var hub = await HubUnderTest.StartAsync(fakes);
        await using var bridge = await hub.ConnectAsync();

        await bridge.ReceiveAsync<Welcome>();
        Assert.Equal(RefusalReason.NotLeader, (await bridge.ReceiveAsync<Refused>()).Reason);
        await bridge.EndAsync();
        Assert.False(hub.Registry.Find("node-1")!.Connected);
    }

    [Fact]
    public async Task Resync_LargeSnapshot_ComesInPartsOfWhichTheLastIsComplete()
    {
        var fakes = new HubFakes
        {
            Desired = _ =>
                Task.FromResult<IReadOnlyList<DesiredAttempt>>([
                    .. Enumerable.Range(0, 300).Select(i => Desired($"u-{i}", promptBytes: 60_000)),
                ]),
        };
        await using var hub = await HubUnderTest.StartAsync(fakes);
        await using var bridge = await hub.ConnectAsync();

        await bridge.ReceiveAsync<Welcome>();
        var parts = new List<DesiredSnapshot>();
        do
        {
            parts.Add(await bridge.ReceiveAsync<DesiredSnapshot>());
        } while (!parts[^1].Complete);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"u-{i}"), parts.SelectMany(p => p.Attempts).Select(a => a.UID));
        Assert.InRange(parts.Count, 15, 25);
    }

    [Fact]
    public async Task Observed_NotOnRecord_IsDroppedCountedAndLoggedOnce()
    {
        var fakes = new HubFakes { Takes = o => o.UID == "mine" };
        await using var hub = await HubUnderTest.StartAsync(fakes);
        await using var bridge = await (await hub.ConnectAsync(observed: TestBridge.Running("foreign"))).InSyncAsync();
        for (var i = 0; i < 4; i++)
        {
            bridge.Send(new Observed { Attempt = TestBridge.Running("foreign") });
        }

        bridge.Send(new Observed { Attempt = TestBridge.Running("mine") });

        await Eventually.True(() => fakes.Observations.Count == 6);

        Assert.Equal((5, 1), (hub.Count("stromboli.node.reports.dropped"), hub.Count("stromboli.node.reports")));
        var line = Assert.Single(hub.Logs.Lines, l => l.Contains("foreign", StringComparison.Ordinal));
        Assert.Contains("node-1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_Leader_GrantsALeaseThatTheRegistryKnowsFirst()
    {
        var time = new ManualTimeProvider();
        await using var hub = await HubUnderTest.StartAsync(clock: time);
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        time.AdvanceStopped(TimeSpan.FromSeconds(30));
        bridge.Send(new Ping { PingID = 42 });

        var grant = await bridge.ReceiveAsync<LeaseGrant>();

        Assert.Equal((5, 42, 60_000), (grant.Epoch, grant.PingID, grant.DurationMs));
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromSeconds(65), hub.Registry.Find("node-1")!.LostAt);
    }

    [Fact]
    public async Task Ping_LeaderPausedPastItsLease_GrantsNothingAndSendsNothing()
    {
        var time = new ManualTimeProvider();
        await using var hub = await HubUnderTest.StartAsync(clock: time);
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var before = hub.Registry.Find("node-1")!.LostAt;

        // As after SIGSTOP: time has passed, and the lease is checked first.
        time.AdvanceStopped(TimeSpan.FromSeconds(20));
        hub.Fakes.IsLeader = false;
        bridge.Send(new Ping { PingID = 1 });
        hub.Hub.Send("node-1", Desired("u-1"));
        bridge.Send(new Observed { Attempt = TestBridge.Running("u") });
        await Eventually.True(() => hub.Fakes.Observations.Count == 1);
        hub.Fakes.IsLeader = true;
        bridge.Send(new Ping { PingID = 2 });

        Assert.Equal(2, (await bridge.ReceiveAsync<LeaseGrant>()).PingID);
        Assert.Equal(before + TimeSpan.FromSeconds(20), hub.Registry.Find("node-1")!.LostAt);
        Assert.Equal(1, hub.Count("stromboli.node.leases"));
    }

    [Fact]
    public async Task CloseAsync_TellsEveryBridgeAndRefusesLaterOnes()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var ending = bridge.EndAsync();
        await hub.Hub.CloseAsync(RefusalReason.NotLeader, "The lead is lost.");
        await using var later = await hub.ConnectAsync();

        Assert.Equal(RefusalReason.NotLeader, (await ending)?.Reason);
        Assert.Equal(RefusalReason.NotLeader, (await later.EndAsync())?.Reason);
    }

    [Fact]
    public async Task FactsChanged_NewFacts_AreInTheView()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        bridge.Send(new FactsChanged { Facts = TestBridge.HelloOf("node-1").Facts with { Problem = "Podman does not answer." } });

        await Eventually.True(() => hub.Registry.Find("node-1")!.Problem == "Podman does not answer.");
    }

    private static DesiredAttempt Desired(string uid, int promptBytes = 0) =>
        new()
        {
            UID = uid,
            Attempt = 1,
            State = DesiredState.Hold,
            Secrets = promptBytes == 0 ? null : new AttemptSecrets { Prompt = new StringBuilder().Append('p', promptBytes).ToString() },
        };
}
