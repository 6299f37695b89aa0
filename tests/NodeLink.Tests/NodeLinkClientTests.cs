using Microsoft.AspNetCore.Http;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink.Tests;

public sealed class NodeLinkClientTests
{
    [Fact]
    public async Task ConnectAsync_Accepted_CarriesTokenAndNode()
    {
        string? authorization = null,
            query = null;
        await using var hub = await TlsHub.StartAsync(async http =>
        {
            authorization = http.Request.Headers.Authorization;
            query = http.Request.Path + http.Request.QueryString;
            await using var channel = NodeLinkChannel.ForOperator(await http.WebSockets.AcceptWebSocketAsync(), TimeProvider.System);
            Assert.IsType<Ping>(await channel.ReceiveAsync(CancellationToken.None));
            channel.TrySend(
                new LeaseGrant
                {
                    Epoch = 1,
                    PingID = 1,
                    DurationMs = 1000,
                }
            );
            await channel.CloseAsync();
        });

        await using var bridge = await ConnectAsync(hub);
        bridge.TrySend(new Ping { PingID = 1 });

        Assert.Equal(1000, Assert.IsType<LeaseGrant>(await bridge.ReceiveAsync(CancellationToken.None)).DurationMs);
        Assert.Equal("Bearer the-token", authorization);
        Assert.Equal("/nodelink/v1?node=node-1", query);
    }

    [Theory]
    [InlineData(503, RefusalReason.NotLeader)]
    [InlineData(401, RefusalReason.Unauthenticated)]
    [InlineData(403, RefusalReason.Forbidden)]
    public async Task ConnectAsync_Refused_ThrowsTheReason(int status, RefusalReason reason)
    {
        await using var hub = await TlsHub.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsJsonAsync(new LinkRefusal(reason, "because"), LinkRefusalJson.Default.LinkRefusal);
        });

        var refused = await Assert.ThrowsAsync<NodeLinkRefusedException>(() => ConnectAsync(hub));

        Assert.Equal((reason, "because"), (refused.Reason, refused.Message));
    }

    [Theory]
    [InlineData(200, "hello")]
    [InlineData(502, "<html>")]
    [InlineData(302, "")]
    [InlineData(403, """{"reason":"Mystery","message":"m"}""")]
    public async Task ConnectAsync_ResponseOfAnotherProtocol_IsUnreachable(int status, string body)
    {
        await using var hub = await TlsHub.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "https://localhost:1/";
            return http.Response.WriteAsync(body);
        });

        var error = await Assert.ThrowsAsync<NodeLinkUnreachableException>(() => ConnectAsync(hub));

        Assert.Contains($"HTTP {status}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_EndlessResponse_IsUnreachable()
    {
        await using var hub = await TlsHub.StartAsync(async http =>
        {
            http.Response.StatusCode = 403;
            for (var i = 0; i < 1000 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(new byte[10_000]);
            }
        });

        await Assert.ThrowsAsync<NodeLinkUnreachableException>(() => ConnectAsync(hub));
    }

    [Fact]
    public async Task ConnectAsync_OtherAuthority_IsNotTrusted()
    {
        await using var other = await TlsHub.StartAsync(_ => Task.CompletedTask);
        await using var hub = await TlsHub.StartAsync(_ => throw new InvalidOperationException("A request arrived."));

        var error = await Assert.ThrowsAsync<NodeLinkUnreachableException>(() =>
            NodeLinkClient.ConnectAsync(hub.Address, "node-1", "the-token", other.Authorities, CancellationToken.None)
        );

        Assert.Contains("not trusted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_OtherName_IsNotTrusted()
    {
        await using var hub = await TlsHub.StartAsync(_ => throw new InvalidOperationException("A request arrived."), name: "elsewhere");

        var error = await Assert.ThrowsAsync<NodeLinkUnreachableException>(() => ConnectAsync(hub));

        Assert.Contains("not trusted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_NothingListens_IsUnreachable()
    {
        await using var hub = await TlsHub.StartAsync(_ => Task.CompletedTask);
        var authorities = hub.Authorities;
        var address = hub.Address;
        await hub.DisposeAsync();

        var error = await Assert.ThrowsAsync<NodeLinkUnreachableException>(() =>
            NodeLinkClient.ConnectAsync(address, "node-1", "t", authorities, CancellationToken.None)
        );

        Assert.DoesNotContain("Bearer", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_PlainHttp_ThrowsArgumentException() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            NodeLinkClient.ConnectAsync(new Uri("http://localhost:1"), "node-1", "t", [], CancellationToken.None)
        );

    private static Task<MessageChannel<BridgeMessage, OperatorMessage>> ConnectAsync(TlsHub hub) =>
        NodeLinkClient.ConnectAsync(hub.Address, "node-1", "the-token", hub.Authorities, CancellationToken.None);
}
