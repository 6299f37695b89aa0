using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hub;

/// <summary>Observed and desired snapshots that come in parts.</summary>
public sealed class HubObservedTests
{
    [Fact]
    public async Task Observed_InParts_NodeIsInSyncAfterTheLast()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.GreetAsync()).InSyncAsync();
        bridge.Send(new ObservedSnapshot { Attempts = [TestBridge.Running("u-1"), TestBridge.Running("u-2")], Complete = false });
        await Eventually.True(() => hub.Fakes.Observations.Count == 2);
        Assert.False(hub.Registry.Find("node-1")!.Connected);

        bridge.Send(new ObservedSnapshot { Attempts = [TestBridge.Running("u-3")], Complete = true });

        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);
        Assert.Equal(["u-1", "u-2", "u-3"], hub.Fakes.Observations.Select(o => o.Observation.UID));
    }

    [Fact]
    public async Task Observed_LinkBreaksBetweenParts_NextLinkStartsAgain()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using (var broken = await (await hub.GreetAsync()).InSyncAsync())
        {
            broken.Send(new ObservedSnapshot { Attempts = [TestBridge.Running("u-1")], Complete = false });
            await Eventually.True(() => hub.Fakes.Observations.Count == 1);
        }

        await using var bridge = await (await hub.GreetAsync()).InSyncAsync();
        bridge.Send(new Ping { PingID = 1 });
        await bridge.ReceiveAsync<LeaseGrant>();
        Assert.False(hub.Registry.Find("node-1")!.Connected);
        bridge.Send(new ObservedSnapshot { Attempts = [TestBridge.Running("u-1"), TestBridge.Running("u-2")], Complete = true });

        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);
        Assert.Equal(["u-1", "u-1", "u-2"], hub.Fakes.Observations.Select(o => o.Observation.UID));
    }

    [Fact]
    public async Task Observed_Collected_IsNeitherReportedNorCounted()
    {
        await using var hub = await HubUnderTest.StartAsync(new HubFakes { Takes = _ => false });
        var collected = Enumerable
            .Range(0, 1000)
            .Select(i => new AttemptObservation
            {
                UID = $"u-{i}",
                Attempt = 1,
                Stage = AttemptStage.Collected,
            })
            .ToArray();
        await using var bridge = await (await hub.ConnectAsync(observed: collected)).InSyncAsync();

        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);

        Assert.Empty(hub.Fakes.Observations);
        Assert.Equal(0, hub.Count("stromboli.node.reports.dropped"));
    }

    [Fact]
    public async Task Observed_SecondSnapshot_IsAProtocolError()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        bridge.Send(new ObservedSnapshot { Attempts = [], Complete = true });

        Assert.Equal(RefusalReason.ProtocolError, (await bridge.EndAsync())?.Reason);
    }

    [Fact]
    public async Task Observed_InvalidObservationInAPart_IsAProtocolError()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await hub.ConnectAsync(observed: TestBridge.Running("u", attempt: 0));

        Assert.Equal(RefusalReason.ProtocolError, (await bridge.EndAsync())?.Reason);
    }

    [Fact]
    public async Task Hello_OlderBridge_IsInSyncAfterItsHello()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (
            await hub.GreetAsync(change: h => h with { Schema = 1, Observed = [TestBridge.Running("u")] })
        ).InSyncAsync();

        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);

        Assert.Equal("u", Assert.Single(hub.Fakes.Observations).Observation.UID);
    }

    [Fact]
    public async Task Snapshot_AttemptThatCannotBeSent_EndsAsInvalidSpecAndTheLinkStays()
    {
        var fakes = new HubFakes { Desired = _ => Task.FromResult<IReadOnlyList<DesiredAttempt>>([TooLarge("large"), Small("small")]) };
        await using var hub = await HubUnderTest.StartAsync(fakes);
        await using var bridge = await hub.ConnectAsync();

        await bridge.ReceiveAsync<Welcome>();
        var snapshot = await bridge.ReceiveAsync<DesiredSnapshot>();
        await Eventually.True(() => hub.Registry.Find("node-1")!.Connected);

        Assert.Equal([("large", DesiredState.Stop), ("small", DesiredState.Hold)], snapshot.Attempts.Select(a => (a.UID, a.State)));
        AssertRefused(fakes, "large");
    }

    [Fact]
    public async Task Send_AttemptThatCannotBeSent_EndsAsInvalidSpecAndTheLinkStays()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();

        hub.Hub.Send("node-1", TooLarge("large"));
        hub.Hub.Send("node-1", Small("small"));

        Assert.Equal(
            ("large", DesiredState.Stop),
            (await bridge.ReceiveAsync<Desired>()).Attempt is var large ? (large.UID, large.State) : default
        );
        Assert.Equal("small", (await bridge.ReceiveAsync<Desired>()).Attempt.UID);
        AssertRefused(hub.Fakes, "large");
    }

    [Fact]
    public async Task Snapshot_TooManySessionsForAMessage_ComesInPartsWithAllOfThem()
    {
        var sessions = Enumerable.Range(0, 200_000).Select(i => $"{i:x8}-0000-4000-8000-000000000001").ToList();
        await using var hub = await HubUnderTest.StartAsync(new HubFakes { Sessions = sessions });
        await using var bridge = await hub.ConnectAsync();

        await bridge.ReceiveAsync<Welcome>();
        var parts = new List<DesiredSnapshot>();
        do
        {
            parts.Add(await bridge.ReceiveAsync<DesiredSnapshot>());
        } while (!parts[^1].Complete);

        Assert.Equal(sessions, parts.SelectMany(p => p.Sessions));
        Assert.InRange(parts.Count, 2, 20);
    }

    [Fact]
    public async Task Snapshot_OlderBridge_HasAllSessionsInItsLastPart()
    {
        var sessions = Enumerable.Range(0, 50_000).Select(i => $"{i:x8}-0000-4000-8000-000000000001").ToList();
        await using var hub = await HubUnderTest.StartAsync(new HubFakes { Sessions = sessions });
        await using var bridge = await hub.GreetAsync(change: h => h with { Schema = 1, Observed = [] });

        await bridge.ReceiveAsync<Welcome>();
        var part = await bridge.ReceiveAsync<DesiredSnapshot>();
        while (!part.Complete)
        {
            Assert.Empty(part.Sessions);
            part = await bridge.ReceiveAsync<DesiredSnapshot>();
        }

        Assert.Equal(sessions, part.Sessions);
    }

    private static void AssertRefused(HubFakes fakes, string uid)
    {
        var end = Assert.Single(fakes.Observations, o => o.Observation.UID == uid).Observation.End!;
        Assert.Equal(RunReason.InvalidSpec, end.Reason);
        Assert.Contains("cannot be sent to its node", end.Message, StringComparison.Ordinal);
    }

    private static DesiredAttempt Small(string uid) =>
        new()
        {
            UID = uid,
            Attempt = 1,
            State = DesiredState.Hold,
        };

    // Base64 makes it a third larger.
    private static DesiredAttempt TooLarge(string uid) =>
        new()
        {
            UID = uid,
            Attempt = 1,
            State = DesiredState.Go,
            Secrets = new AttemptSecrets { Prompt = new StringBuilder().Append('p', NodeLinkProtocol.MaxMessageBytes * 3 / 4).ToString() },
        };
}
