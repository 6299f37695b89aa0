using System.IO.Pipelines;
using System.Net;
using System.Text;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Tests.Authorization;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hub;

public sealed class NodeStreamsTests
{
    private static readonly DiffSource Source = new() { RunUID = "uid-1" };

    [Fact]
    public async Task OpenAsync_BridgeAnswers_HasStatusMediaTypeAndBytes()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var authorizations = hub.Fakes.Authorizations;
        var opening = hub.Streams.OpenAsync("node-1", Source, CancellationToken.None);
        var asked = await bridge.ReceiveAsync<OpenStream>();
        Assert.Equal((Source, 32), (asked.Source, asked.ID.Length));
        var body = new Pipe();
        var posting = hub.PostAsync(asked.ID, new FlushedContent(body.Reader.AsStream()), status: "418", mediaType: "text/x-diff");

        using var stream = await opening;
        await body.Writer.WriteAsync("first"u8.ToArray());
        Assert.Equal((418, "text/x-diff"), (stream.Status, stream.MediaType));
        Assert.Equal("first", await ReadAsync(stream, 5));
        await body.Writer.WriteAsync("second"u8.ToArray());
        Assert.Equal("second", await ReadAsync(stream, 6));
        await body.Writer.CompleteAsync();
        Assert.True((await stream.Body.ReadAsync()).IsCompleted);
        stream.Finish();
        stream.Dispose();

        Assert.Equal(HttpStatusCode.NoContent, (await posting).StatusCode);
        // The link has shown the same token to the API server already.
        Assert.Equal(authorizations, hub.Fakes.Authorizations);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.PostAsync(asked.ID, new StringContent("again"))).StatusCode);
    }

    [Fact]
    public async Task OpenAsync_ReaderLeaves_AbortsTheBridgesRequest()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var (stream, posting, _) = await OpenAsync(hub, bridge);

        stream.Dispose();

        await Assert.ThrowsAsync<HttpRequestException>(() => posting);
    }

    [Fact]
    public async Task OpenAsync_LinkEnds_BreaksTheStreamOff()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var (stream, posting, _) = await OpenAsync(hub, bridge);
        var reading = stream.Body.ReadAsync().AsTask();

        await bridge.DisposeAsync();

        var broken = await Assert.ThrowsAnyAsync<Exception>(() => reading);
        Assert.True(broken is IOException or OperationCanceledException, broken.ToString());
        stream.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => posting);
    }

    [Fact]
    public async Task OpenAsync_BridgeBreaksOff_IsNoEnd()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var (stream, _, body) = await OpenAsync(hub, bridge);
        await body.Writer.WriteAsync("half"u8.ToArray());
        Assert.Equal("half", await ReadAsync(stream, 4));

        await body.Writer.CompleteAsync(new IOException("killed"));

        var broken = await Assert.ThrowsAnyAsync<Exception>(async () => await stream.Body.ReadAsync());
        Assert.True(broken is IOException or OperationCanceledException, broken.ToString());
        stream.Dispose();
    }

    [Fact]
    public async Task OpenAsync_NoLinkOrOldBridge_SaysSo()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var old = await hub.GreetAsync("old", hello => hello with { Schema = NodeLinkProtocol.StreamsSchema - 1 });
        await old.ReceiveAsync<Welcome>();

        Assert.Equal((503, "Node away is not connected at the moment; try again when it is back."), await RefusedAsync(hub, "away"));
        Assert.Equal((503, "The bridge of node old is too old to send this; update it."), await RefusedAsync(hub, "old"));
    }

    [Fact]
    public async Task OpenAsync_NoAnswer_EndsAfterTheTimeoutOrWithTheLink()
    {
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await HubUnderTest.StartAsync(clock: clock);
        var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var waiting = RefusedAsync(hub, "node-1");
        await bridge.ReceiveAsync<OpenStream>();
        clock.Advance(NodeStreams.AnswerTimeout);
        Assert.Equal((503, $"Node node-1 did not answer within {NodeStreams.AnswerTimeout.TotalSeconds:0} s; try again."), await waiting);

        waiting = RefusedAsync(hub, "node-1");
        await bridge.ReceiveAsync<OpenStream>();
        await bridge.DisposeAsync();
        Assert.Equal((503, "Node node-1 lost its connection; try again when it is back."), await waiting);
    }

    [Fact]
    public async Task OpenAsync_TooMany_IsRefusedUntilOneIsOver()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        using var leaving = new CancellationTokenSource();
        var open = Enumerable
            .Range(0, NodeLinkProtocol.MaxStreams)
            .Select(_ => hub.Streams.OpenAsync("node-1", Source, leaving.Token))
            .ToList();

        Assert.Equal(429, (await RefusedAsync(hub, "node-1")).Status);

        await leaving.CancelAsync();
        foreach (var one in open)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
            await bridge.ReceiveAsync<OpenStream>();
        }

        var (stream, _, _) = await OpenAsync(hub, bridge);
        stream.Dispose();
    }

    [Fact]
    public async Task Post_OfAnotherNodeOrWithoutRights_IsRefused()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        var opening = hub.Streams.OpenAsync("node-1", Source, CancellationToken.None);
        var id = (await bridge.ReceiveAsync<OpenStream>()).ID;
        var other = TestTokens.Of("\"sub\":\"other\"");
        hub.Fakes.Authorize = (node, token) =>
            token == other
                ? throw new LinkRefusedException(RefusalReason.Forbidden, "not your node")
                : new LinkIdentity { Node = node, User = "bridge" };

        Assert.Equal(HttpStatusCode.NotFound, (await hub.PostAsync(id, new StringContent("x"), node: "node-2")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.PostAsync(new string('0', 32), new StringContent("x"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.PostAsync("../nodelink", new StringContent("x"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.PostAsync(id, new StringContent("x"), token: other)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await hub.PostAsync(id, new StringContent("x"), status: "99")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await hub.PostAsync(id, new StringContent("x"), status: "302")).StatusCode);
        Assert.False(opening.IsCompleted);

        var posting = hub.PostAsync(id, new StringContent("mine"), token: TestTokens.Of("\"sub\":\"renewed\""));
        using var stream = await opening;
        Assert.Equal("mine", await ReadAsync(stream, 4));
        stream.Finish();
        stream.Dispose();
        Assert.Equal(HttpStatusCode.NoContent, (await posting).StatusCode);
    }

    private static async Task<(NodeStream Stream, Task<HttpResponseMessage> Posting, Pipe Body)> OpenAsync(
        HubUnderTest hub,
        TestBridge bridge
    )
    {
        var opening = hub.Streams.OpenAsync("node-1", Source, CancellationToken.None);
        var body = new Pipe();
        var posting = hub.PostAsync((await bridge.ReceiveAsync<OpenStream>()).ID, new FlushedContent(body.Reader.AsStream()));
        return (await opening, posting, body);
    }

    private static async Task<(int Status, string Message)> RefusedAsync(HubUnderTest hub, string node)
    {
        var refused = await Assert.ThrowsAsync<NodeStreamException>(() => hub.Streams.OpenAsync(node, Source, CancellationToken.None));
        return (refused.Status, refused.Message);
    }

    private static async Task<string> ReadAsync(NodeStream stream, int bytes)
    {
        var read = await stream.Body.ReadAtLeastAsync(bytes);
        var text = Encoding.UTF8.GetString(read.Buffer);
        stream.Body.AdvanceTo(read.Buffer.End);
        return text;
    }
}
