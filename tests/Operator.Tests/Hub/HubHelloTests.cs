using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hub;

public sealed class HubHelloTests
{
    [Fact]
    public async Task Hello_FirstOfANode_MakesItsAgentNodeAndBringsItInSync()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync();

        var welcome = await bridge.ReceiveAsync<Welcome>();
        var snapshot = await bridge.ReceiveAsync<DesiredSnapshot>();
        await Eventually.True(() => hub.Registry.Find("node-1") is { Connected: true });

        Assert.Equal((5, HubUnderTest.Installation), (welcome.Epoch, welcome.Installation));
        Assert.True(snapshot is { Epoch: 5, Complete: true, Attempts.Count: 0 });
        Assert.Equal(
            (8, 4000, 1L << 33, true),
            hub.Registry.Find("node-1") is { } n ? (n.MaxRuns, n.CpuMillis, n.MemoryBytes, n.TakesLimits) : default
        );
        Assert.True(hub.Fakes.Agents.ContainsKey("node-1"));
    }

    [Fact]
    public async Task Welcome_ToolsThatTheOperatorAllows_ReachTheBridge()
    {
        await using var hub = await HubUnderTest.StartAsync(change: settings =>
            settings with
            {
                ServerTools = [new ServerTool { Name = "web_search", PerThousandUSD = 10 }, new ServerTool { Name = "advisor" }],
            }
        );
        await using var bridge = await hub.ConnectAsync();

        var welcome = await bridge.ReceiveAsync<Welcome>();

        Assert.Equal(
            [new ServerTool { Name = "web_search", PerThousandUSD = 10 }, new ServerTool { Name = "advisor" }],
            welcome.ServerTools
        );
    }

    [Theory]
    [InlineData(RefusalReason.Unauthenticated)]
    [InlineData(RefusalReason.Forbidden)]
    public async Task Dial_TokenNotAllowed_IsRefusedWithTheReason(RefusalReason reason)
    {
        await using var hub = await HubUnderTest.StartAsync();
        hub.Fakes.Authorize = (_, _) => throw new LinkRefusedException(reason, "no");

        var refused = await Assert.ThrowsAsync<NodeLinkRefusedException>(() => hub.DialAsync());

        Assert.Equal((reason, "no"), (refused.Reason, refused.Message));
        Assert.Empty(hub.Fakes.Agents);
        Assert.Single(hub.Logs.Lines, l => l.Contains("Refused a bridge", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Node_1")]
    [InlineData("-x")]
    [InlineData("a\nb")]
    public async Task Dial_NoNodeName_IsRefusedWithoutAReview(string node)
    {
        await using var hub = await HubUnderTest.StartAsync();

        var refused = await Assert.ThrowsAsync<NodeLinkRefusedException>(() => hub.DialAsync(node));

        Assert.Equal(RefusalReason.ProtocolError, refused.Reason);
        Assert.Equal(0, hub.Fakes.Authorizations);
    }

    [Fact]
    public async Task Dial_Standby_IsRefusedAsNotLeader()
    {
        await using var hub = await HubUnderTest.StartAsync();
        hub.Fakes.IsLeader = false;

        Assert.Equal(RefusalReason.NotLeader, (await Assert.ThrowsAsync<NodeLinkRefusedException>(() => hub.DialAsync())).Reason);
        Assert.Equal(0, hub.Fakes.Authorizations);
    }

    [Fact]
    public async Task Hello_OtherNodesName_IsRefused()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync(change: h => h with { Node = "node-2" });

        Assert.Equal(RefusalReason.Forbidden, (await bridge.EndAsync())?.Reason);
        Assert.Null(hub.Registry.Find("node-2"));
    }

    [Fact]
    public async Task Hello_OtherSchema_IsRefused()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync(change: h => h with { Schema = 99 });

        Assert.Equal(RefusalReason.SchemaMismatch, (await bridge.EndAsync())?.Reason);
    }

    [Fact]
    public async Task Hello_LaterEpochOfThisInstallation_IsRefusedAndVerified()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync(change: h => h with { SeenEpoch = 6 });

        Assert.Equal(RefusalReason.StaleEpoch, (await bridge.EndAsync())?.Reason);
        await Eventually.True(() => hub.Fakes.Suspicions.SequenceEqual([6L]));
    }

    [Fact]
    public async Task Hello_LaterEpochOfAnotherInstallation_IsAccepted()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync(change: h => h with { SeenEpoch = 6, Installation = "another" });

        await bridge.InSyncAsync();

        Assert.Empty(hub.Fakes.Suspicions);
    }

    [Fact]
    public async Task Hello_NotTheFirstMessage_IsAProtocolError()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = new TestBridge(await hub.DialAsync());
        bridge.Send(new Ping { PingID = 1 });

        Assert.Equal(RefusalReason.ProtocolError, (await bridge.EndAsync())?.Reason);
    }

    [Fact]
    public async Task Hello_NeverSent_EndsTheLink()
    {
        await using var hub = await HubUnderTest.StartAsync(change: s => s with { HelloTimeout = TimeSpan.FromMilliseconds(100) });
        await using var bridge = new TestBridge(await hub.DialAsync());

        Assert.Null(await bridge.EndAsync());
    }

    [Fact]
    public async Task Hello_InvalidObservation_IsAProtocolError()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync(change: h =>
            h with
            {
                Schema = 1,
                Observed = [TestBridge.Running("u", attempt: 0)],
            }
        );

        Assert.Equal(RefusalReason.ProtocolError, (await bridge.EndAsync())?.Reason);
    }

    [Fact]
    public async Task Hello_SecondOfANode_FencesTheOlderLink()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var fenced = new List<string>();
        hub.Hub.Fenced += fenced.Add;
        await using var older = await (await hub.ConnectAsync()).InSyncAsync();
        await using var newer = await (await hub.ConnectAsync()).InSyncAsync();
        older.Send(new Observed { Attempt = TestBridge.Running("from-the-fenced") });

        Assert.Equal(RefusalReason.Fenced, (await older.EndAsync())?.Reason);
        newer.Send(new Observed { Attempt = TestBridge.Running("u") });
        await Eventually.True(() => hub.Fakes.Observations.Count == 1);

        Assert.Equal("u", hub.Fakes.Observations.Single().Observation.UID);
        Assert.Equal(["node-1"], fenced);
        Assert.True(hub.Registry.Find("node-1")!.Connected);
        await Eventually.True(() => hub.Count("stromboli.node.connected") == 1);
    }
}
