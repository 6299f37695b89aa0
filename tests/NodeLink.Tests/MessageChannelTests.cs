using System.Net.WebSockets;
using System.Text;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink.Tests;

public sealed class MessageChannelTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // In many of these tests one end is not read, and closing waits for it.
    private static readonly ChannelLimits Limits = new() { CloseTimeout = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task ReceiveAsync_EveryKindOfMessage_ArrivesAsSent()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits);
        await using var bridge = NodeLinkChannel.ForBridge(pair.Client, TimeProvider.System, Limits);
        BridgeMessage[] up =
        [
            Samples.Hello,
            new Ping { PingID = 3 },
            new Observed { Attempt = Samples.Running },
            new FactsChanged { Facts = Samples.Hello.Facts },
            new ObservedSnapshot
            {
                Attempts =
                [
                    Samples.Running,
                    new AttemptObservation
                    {
                        UID = "u-2",
                        Attempt = 3,
                        Stage = AttemptStage.Collected,
                    },
                ],
                Complete = false,
            },
        ];
        OperatorMessage[] down =
        [
            new Welcome
            {
                Epoch = 2,
                Installation = "i",
                Prices = [],
            },
            new LeaseGrant
            {
                Epoch = 2,
                PingID = 3,
                DurationMs = 600000,
            },
            new DesiredSnapshot
            {
                Epoch = 2,
                Attempts = [],
                Complete = true,
            },
            Samples.Stop("ü-日本"),
            new TokenIssued { Epoch = 2, Token = "t" },
            new Refused
            {
                Epoch = 2,
                Reason = RefusalReason.Fenced,
                Message = "m",
            },
        ];

        foreach (var message in up)
        {
            Assert.True(bridge.TrySend(message));
        }

        foreach (var message in down)
        {
            Assert.True(hub.TrySend(message));
        }

        foreach (var message in up)
        {
            Assert.Equivalent(message, await hub.ReceiveAsync(Cancel()), strict: true);
        }

        foreach (var message in down)
        {
            Assert.Equivalent(message, await bridge.ReceiveAsync(Cancel()), strict: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"type":"Nonsense"}""")]
    [InlineData("""{"type":"Ping"}""")]
    [InlineData("""{"type":"Ping","pingID":"x"}""")]
    [InlineData("""{"type":"Ping","pingID":1,"pingID":2}""")]
    [InlineData("""{"type":"Observed","attempt":null}""")]
    [InlineData("""{"type":"Observed","attempt":{"uid":"u","attempt":1,"stage":"Nowhere"}}""")]
    [InlineData("""{"type":"Ping","pingID":1,"deep":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}""")]
    [InlineData("""{"type":"Ping","pingID":1} trailing""")]
    public async Task ReceiveAsync_MessageThatDoesNotMatchTheSchema_EndsMalformedAndTellsThePeer(string message)
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits);
        await pair.Client.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, Cancel());

        var end = await Assert.ThrowsAsync<ChannelEndedException>(() => hub.ReceiveAsync(Cancel()));

        Assert.Equal(ChannelEndReason.Malformed, end.Reason);
        Assert.Same(end, await hub.Ended);
        await AssertPeerSeesAsync(pair.Client, WebSocketCloseStatus.InvalidPayloadData);
    }

    [Fact]
    public async Task ReceiveAsync_SecretInMalformedMessage_IsNotInTheError()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var bridge = NodeLinkChannel.ForBridge(pair.Client, TimeProvider.System, Limits);
        await pair.Server.SendAsync(
            """{"type":"TokenIssued","epoch":"sk-secret","token":sk-secret}"""u8.ToArray(),
            WebSocketMessageType.Text,
            true,
            Cancel()
        );

        var end = await Assert.ThrowsAsync<ChannelEndedException>(() => bridge.ReceiveAsync(Cancel()));

        Assert.DoesNotContain("secret", end.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiveAsync_BinaryMessage_EndsMalformed()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits);
        await pair.Client.SendAsync("""{"type":"Ping","pingID":1}"""u8.ToArray(), WebSocketMessageType.Binary, true, Cancel());

        Assert.Equal(
            ChannelEndReason.Malformed,
            (await Assert.ThrowsAsync<ChannelEndedException>(() => hub.ReceiveAsync(Cancel()))).Reason
        );
    }

    [Fact]
    public async Task ReceiveAsync_OversizedMessageInSmallFrames_EndsOversizedBeforeItIsComplete()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits with { MaxMessageBytes = 100_000 });
        var sending = SendEndlesslyAsync(pair.Client);

        var end = await Assert.ThrowsAsync<ChannelEndedException>(() => hub.ReceiveAsync(Cancel()));

        Assert.Equal(ChannelEndReason.Oversized, end.Reason);
        await hub.DisposeAsync();
        await sending;
    }

    [Fact]
    public async Task ReceiveAsync_MessageInManyFrames_ArrivesComplete()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var bridge = NodeLinkChannel.ForBridge(pair.Client, TimeProvider.System, Limits);
        var bytes = Encoding.UTF8.GetBytes("{\"type\":\"TokenIssued\",\"epoch\":1,\"token\":\"" + new string('y', 90_000) + "\"}");
        for (var at = 0; at < bytes.Length; at += 1000)
        {
            await pair.Server.SendAsync(
                bytes.AsMemory(at, Math.Min(1000, bytes.Length - at)),
                WebSocketMessageType.Text,
                at + 1000 >= bytes.Length,
                Cancel()
            );
        }

        Assert.Equal(90_000, Assert.IsType<TokenIssued>(await bridge.ReceiveAsync(Cancel())).Token.Length);
    }

    [Fact]
    public async Task ReceiveAsync_ConnectionReset_EndsTorn()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits);
        var receiving = hub.ReceiveAsync(Cancel());
        pair.Tear();

        Assert.Equal(ChannelEndReason.Torn, (await Assert.ThrowsAsync<ChannelEndedException>(() => receiving)).Reason);
        Assert.False(hub.TrySend(Samples.Stop("u")));
        await Assert.ThrowsAsync<ChannelEndedException>(() => hub.SendAsync(Samples.Stop("u"), Cancel()));
    }

    [Fact]
    public async Task CloseAsync_QueuedMessages_ArriveBeforeTheClose()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System);
        await using var bridge = NodeLinkChannel.ForBridge(pair.Client, TimeProvider.System, Limits);
        for (var i = 0; i < 100; i++)
        {
            hub.TrySend(Samples.Stop($"u-{i}"));
        }

        var closing = hub.CloseAsync();

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"u-{i}", Assert.IsType<Desired>(await bridge.ReceiveAsync(Cancel())).Attempt.UID);
        }

        var end = await Assert.ThrowsAsync<ChannelEndedException>(() => bridge.ReceiveAsync(Cancel()));
        await bridge.CloseAsync();
        await closing.WaitAsync(Deadline);

        Assert.Equal(ChannelEndReason.PeerClosed, end.Reason);
        Assert.Equal(ChannelEndReason.Closed, (await hub.Ended).Reason);
    }

    [Fact]
    public async Task TrySend_PeerDoesNotRead_EndsWithQueueFullAndStaysWithinItsLimits()
    {
        await using var pair = await SocketPair.ConnectAsync(bufferBytes: 4096);
        var limits = Limits with { MaxQueuedMessages = 1000, MaxQueuedBytes = 1_000_000, SendTimeout = Deadline };
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, limits);

        var sent = 0;
        while (sent < 10_000 && hub.TrySend(Samples.OfSize(10_000)))
        {
            sent++;
        }

        Assert.InRange(sent, 90, 400);
        Assert.Equal(ChannelEndReason.QueueFull, (await hub.Ended.WaitAsync(Deadline)).Reason);
    }

    [Fact]
    public async Task SendAsync_PeerDoesNotRead_EndsStalled()
    {
        await using var pair = await SocketPair.ConnectAsync(bufferBytes: 4096);
        await using var hub = NodeLinkChannel.ForOperator(
            pair.Server,
            TimeProvider.System,
            Limits with
            {
                SendTimeout = TimeSpan.FromMilliseconds(200),
            }
        );

        var end = await Assert.ThrowsAsync<ChannelEndedException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await hub.SendAsync(Samples.OfSize(1_000_000), Cancel());
            }
        });

        Assert.Equal(ChannelEndReason.Stalled, end.Reason);
    }

    [Fact]
    public async Task TrySend_MessageOverTheLimit_ThrowsAndLeavesTheChannelUsable()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits);
        await using var bridge = NodeLinkChannel.ForBridge(pair.Client, TimeProvider.System, Limits);

        Assert.Throws<UnsendableMessageException>(() => hub.TrySend(Samples.OfSize(NodeLinkProtocol.MaxMessageBytes)));
        Assert.True(hub.TrySend(Samples.OfSize(NodeLinkProtocol.MaxMessageBytes - 1000)));

        Assert.IsType<TokenIssued>(await bridge.ReceiveAsync(Cancel()));
    }

    [Fact]
    public async Task TrySend_FromManyThreads_KeepsMessagesIntact()
    {
        await using var pair = await SocketPair.ConnectAsync();
        await using var hub = NodeLinkChannel.ForOperator(pair.Server, TimeProvider.System, Limits with { MaxQueuedMessages = 100_000 });
        await using var bridge = NodeLinkChannel.ForBridge(pair.Client, TimeProvider.System, Limits);
        var senders = Enumerable
            .Range(0, 8)
            .Select(t =>
                Task.Run(() =>
                {
                    for (var i = 0; i < 200; i++)
                    {
                        hub.TrySend(Samples.Stop($"{t}-{i}"));
                    }
                })
            );
        var sending = Task.WhenAll(senders);

        var seen = new List<string>();
        for (var i = 0; i < 1600; i++)
        {
            seen.Add(Assert.IsType<Desired>(await bridge.ReceiveAsync(Cancel())).Attempt.UID);
        }

        await sending;

        Assert.Equal(1600, seen.Distinct().Count());
        for (var t = 0; t < 8; t++)
        {
            Assert.Equal(
                Enumerable.Range(0, 200).Select(i => $"{t}-{i}"),
                seen.Where(s => s.StartsWith($"{t}-", StringComparison.Ordinal))
            );
        }
    }

    private static CancellationToken Cancel() => new CancellationTokenSource(Deadline).Token;

    private static async Task SendEndlesslyAsync(WebSocket socket)
    {
        try
        {
            while (true)
            {
                await socket.SendAsync(new byte[1000], WebSocketMessageType.Text, false, Cancel());
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            // The other end has closed the connection, as expected.
        }
    }

    private static async Task AssertPeerSeesAsync(WebSocket peer, WebSocketCloseStatus status)
    {
        var result = await peer.ReceiveAsync(new byte[100].AsMemory(), Cancel());
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        Assert.Equal(status, peer.CloseStatus);
    }
}
