using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Tests.Hub;

/// <summary>The bridge's end of a link, controlled by a test.</summary>
internal sealed class TestBridge(MessageChannel<BridgeMessage, OperatorMessage> channel) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public MessageChannel<BridgeMessage, OperatorMessage> Channel => channel;

    public static Hello HelloOf(string node) =>
        new()
        {
            Schema = NodeLinkProtocol.Schema,
            Node = node,
            Installation = HubUnderTest.Installation,
            SeenEpoch = 1,
            Facts = new NodeFacts
            {
                BridgeVersion = "0.1.0",
                CpuMillis = 4000,
                MemoryBytes = 1L << 33,
                Pids = 6000,
                RunPids = 2000,
                MaxRuns = 8,
                EnforcedLimits = ["cpu", "memory", "pids"],
            },
        };

    public static AttemptObservation Running(string uid, int attempt = 1) =>
        new()
        {
            UID = uid,
            Attempt = attempt,
            Stage = AttemptStage.Running,
        };

    public void Send(BridgeMessage message) => channel.TrySend(message);

    public async Task<T> ReceiveAsync<T>()
        where T : OperatorMessage
    {
        using var cancel = new CancellationTokenSource(Deadline);
        return Assert.IsType<T>(await channel.ReceiveAsync(cancel.Token));
    }

    /// <summary>Waits for the end of the link and returns its refusal, if there was one.</summary>
    public async Task<Refused?> EndAsync()
    {
        using var cancel = new CancellationTokenSource(Deadline);
        Refused? refused = null;
        try
        {
            while (true)
            {
                refused = await channel.ReceiveAsync(cancel.Token) as Refused ?? refused;
            }
        }
        catch (ChannelEndedException)
        {
            return refused;
        }
    }

    /// <summary>Receives Welcome and the empty snapshot.</summary>
    public async Task<TestBridge> InSyncAsync()
    {
        await ReceiveAsync<Welcome>();
        while (!(await ReceiveAsync<DesiredSnapshot>()).Complete) { }

        return this;
    }

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
