using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Tests.Hub;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Streams;
using Stromboli.PodmanBridge.Tests.Attempts;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.Pipeline.Tests;

/// <summary>
/// A bridge that keeps 300 finished attempts, and its operator, over a real link. Each attempt has the largest result that status takes,
/// made of control characters, which are six times as long in JSON.
/// </summary>
public sealed class KeptAttemptsTests : IDisposable
{
    private const int Finished = 300;
    private const string Other = "other-tenant";
    private static readonly string Result = new('\u0001', StatusLimits.ResultBytes);

    private readonly string _root = Directory.CreateTempSubdirectory("kept").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Restart_ManyLargeEndsKept_LinkComesBackAndOtherAttemptsGoOn()
    {
        for (var i = 0; i < Finished; i++)
        {
            Leave(i);
        }

        // Both are new, and no end is stored yet: the bridge reports every end in full.
        var fakes = new HubFakes { Desired = _ => Desired(DesiredState.Stop) };
        await using (var hub = await HubUnderTest.StartAsync(fakes))
        await using (var bridge = await BridgeAsync(hub))
        {
            await Eventually.True(() => hub.Registry.Find("node-1") is { Connected: true } && bridge.Lease.Valid);
            await Eventually.True(() => fakes.Observations.DistinctBy(o => o.Observation.UID).Count() == Finished + 1);
            Assert.All(
                fakes.Observations.Where(o => o.Observation.UID != Other),
                o => Assert.Equal(Result, o.Observation.End!.Result!.Text)
            );
            for (var i = 0; i < Finished; i++)
            {
                hub.Hub.Send(
                    "node-1",
                    new DesiredAttempt
                    {
                        UID = UID(i),
                        Attempt = 1,
                        State = DesiredState.Collected,
                    }
                );
            }

            await Eventually.True(() => bridge.Attempts.Observe().Count(o => o.Stage == AttemptStage.Collected) == Finished);
        }

        Assert.All(
            Directory.EnumerateFiles(_root, "end.json", SearchOption.AllDirectories),
            file => Assert.InRange(new FileInfo(file).Length, 1, 1024)
        );

        // Both are new again, and all ends are stored: the bridge reports only their keys.
        fakes = new HubFakes { Desired = _ => Desired(DesiredState.Collected) };
        await using (var hub = await HubUnderTest.StartAsync(fakes))
        await using (var bridge = await BridgeAsync(hub))
        {
            await Eventually.True(() => hub.Registry.Find("node-1") is { Connected: true } && bridge.Lease.Valid);
            await Eventually.True(() => !fakes.Observations.IsEmpty);
            Assert.All(fakes.Observations, o => Assert.Equal(Other, o.Observation.UID));
            Assert.Equal(Finished, bridge.Attempts.Observe().Count(o => o.Stage == AttemptStage.Collected));
        }
    }

    // The other attempt never started here. Its stop is reported like any end.
    private static Task<IReadOnlyList<DesiredAttempt>> Desired(DesiredState finished) =>
        Task.FromResult<IReadOnlyList<DesiredAttempt>>([
            .. Enumerable
                .Range(0, Finished)
                .Select(i => new DesiredAttempt
                {
                    UID = UID(i),
                    Attempt = 1,
                    State = finished,
                    Cause = finished == DesiredState.Stop ? StopCause.Cancelled : null,
                }),
            new DesiredAttempt
            {
                UID = Other,
                Attempt = 1,
                State = DesiredState.Stop,
                Cause = StopCause.Cancelled,
            },
        ]);

    private static string UID(int i) => $"finished-{i}";

    private static async Task<BridgeUnderTest> BridgeAsync(HubUnderTest hub, string root) =>
        await BridgeUnderTest.StartAsync(await hub.DialAsync(), root);

    private Task<BridgeUnderTest> BridgeAsync(HubUnderTest hub) => BridgeAsync(hub, _root);

    private void Leave(int i)
    {
        var directory = AttemptDirectory.Create(Path.Combine(_root, "state"), new AttemptKey(UID(i), 1));
        directory.Write(
            new AttemptRecord
            {
                UID = UID(i),
                Attempt = 1,
                Spec = SpecBuilder.Attempt(),
                UserID = 20_000 + i,
                BootID = NodeHarness.BootID,
                Deadline = 0,
            }
        );
        directory.Write(
            new AttemptEndRecord
            {
                End = new AttemptEnd
                {
                    Reason = RunReason.Completed,
                    Message = "m",
                    EndedAgoMs = 0,
                    Result = new RunResult { Text = Result },
                },
                EndedAt = TimeProvider.System.GetUtcNow(),
            }
        );
    }

    /// <summary>The bridge's attempts and its end of a link, without an engine.</summary>
    private sealed class BridgeUnderTest : IAsyncDisposable
    {
        private const string Node = "node-1";

        private readonly CancellationTokenSource _stop = new();
        private readonly MessageChannel<BridgeMessage, OperatorMessage> _channel;
        private readonly NodeHarness _node;
        private readonly Task _session;

        private BridgeUnderTest(MessageChannel<BridgeMessage, OperatorMessage> channel, NodeHarness node, LinkSession.Services services)
        {
            _channel = channel;
            _node = node;
            _session = new LinkSession(channel, Node, services, _ => { }).RunAsync(_stop.Token);
        }

        public NodeAttempts Attempts => _node.Attempts;

        public NodeLease Lease => _node.Lease;

        public static async Task<BridgeUnderTest> StartAsync(MessageChannel<BridgeMessage, OperatorMessage> channel, string root)
        {
            var time = TimeProvider.System;
            var engine = new FakeEngine();
            var node = new NodeHarness(root, engine, time, new NodeHarnessOptions { Installation = HubUnderTest.Installation });
            node.Attempts.Adopt();
            var facts = new NodeFactsSource(
                _ => Task.FromResult(TestBridge.HelloOf(Node).Facts),
                time,
                NullLogger<NodeFactsSource>.Instance
            );
            await facts.RefreshAsync(CancellationToken.None);
            var catalogue = new ImageCatalogue(engine, null!, null!, null!, () => null, time, NullLogger<ImageCatalogue>.Instance);
            return new BridgeUnderTest(
                channel,
                node,
                new LinkSession.Services
                {
                    Installation = node.Identity,
                    Lease = node.Lease,
                    Token = new ConnectToken(Path.Combine(root, "token")),
                    Attempts = node.Attempts,
                    Sessions = node.Sessions,
                    Leftovers = new LeftoverSweep(
                        engine,
                        node.Attempts,
                        node.Sessions,
                        new NoRequests(),
                        node.Settings,
                        NullLogger<LeftoverSweep>.Instance
                    ),
                    Changes = node.Node.Changes,
                    Facts = facts,
                    Images = catalogue,
                    PrePuller = new PrePuller(engine, null!, catalogue, null!, time, NullLogger<PrePuller>.Instance),
                    Prices = new PriceList(),
                    Streams = new StreamDispatcher([], NullLogger<StreamDispatcher>.Instance),
                    Clock = time,
                }
            );
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _session.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _channel.DisposeAsync();
            await _node.DisposeAsync();
            _stop.Dispose();
        }
    }

    private sealed class NoRequests : IRequestContainers
    {
        public bool IsLeftover(AttemptKey key) => true;
    }
}
