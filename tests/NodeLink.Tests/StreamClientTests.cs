using System.Net;
using System.Text;

namespace Stromboli.NodeLink.Tests;

public sealed class StreamClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task SendAsync_Accepted_CarriesStatusTypeAndBody()
    {
        string? seen = null,
            body = null;
        await using var hub = await TlsHub.StartAsync(async http =>
        {
            var request = http.Request;
            seen =
                $"{request.Method} {request.Path}{request.QueryString} {request.Protocol} {request.Headers.Authorization} "
                + $"{request.Headers[NodeLinkProtocol.StreamStatusHeader]} {request.ContentType} {request.ContentLength is null}";
            body = await new StreamReader(request.Body).ReadToEndAsync();
        });
        using var client = new StreamClient(hub.Address, "node 1", hub.Authorities);

        var answer = await client.SendAsync(
            "abc",
            "the-token",
            404,
            "text/plain; charset=utf-8",
            async (to, cancellationToken) =>
            {
                await to.WriteAsync("one "u8.ToArray(), cancellationToken);
                await to.WriteAsync("two"u8.ToArray(), cancellationToken);
            },
            CancellationToken.None
        );

        Assert.Equal(HttpStatusCode.OK, answer);
        Assert.Equal("POST /nodelink/v1/streams/abc?node=node%201 HTTP/1.1 Bearer the-token 404 text/plain; charset=utf-8 True", seen);
        Assert.Equal("one two", body);
    }

    [Fact]
    public async Task SendAsync_EachWrite_ArrivesAtOnce()
    {
        var arrived = new TaskCompletionSource<string>();
        await using var hub = await TlsHub.StartAsync(async http =>
        {
            var buffer = new byte[100];
            var read = await http.Request.Body.ReadAsync(buffer);
            arrived.SetResult(Encoding.ASCII.GetString(buffer, 0, read));
            await http.Request.Body.CopyToAsync(Stream.Null);
        });
        using var client = new StreamClient(hub.Address, "node-1", hub.Authorities);

        await client.SendAsync(
            "abc",
            "t",
            200,
            "text/plain",
            async (to, cancellationToken) =>
            {
                await to.WriteAsync("first"u8.ToArray(), cancellationToken);
                // The body goes on only when the operator has its first bytes.
                Assert.Equal("first", await arrived.Task.WaitAsync(Patience, cancellationToken));
            },
            CancellationToken.None
        );
    }

    [Fact]
    public async Task SendAsync_OperatorClosesAQuietConnection_CancelsTheBody()
    {
        var idle = new TaskCompletionSource();
        await using var hub = await TlsHub.StartAsync(async http =>
        {
            await http.Request.Body.ReadExactlyAsync(new byte[5]);
            await idle.Task;
            http.Abort();
        });
        using var client = new StreamClient(hub.Address, "node-1", hub.Authorities);
        var cancelled = false;

        await Assert.ThrowsAnyAsync<Exception>(() =>
            client.SendAsync(
                "abc",
                "t",
                200,
                "text/plain",
                async (to, cancellationToken) =>
                {
                    await to.WriteAsync("first"u8.ToArray(), cancellationToken);
                    idle.SetResult();
                    cancelled =
                        await Record.ExceptionAsync(() => new TaskCompletionSource().Task.WaitAsync(Patience, cancellationToken))
                        is OperationCanceledException;
                    cancellationToken.ThrowIfCancellationRequested();
                },
                CancellationToken.None
            )
        );

        Assert.True(cancelled);
    }

    [Fact]
    public async Task SendAsync_Unwanted_NeverBeginsTheBody()
    {
        await using var hub = await TlsHub.StartAsync(http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        using var client = new StreamClient(hub.Address, "node-1", hub.Authorities);
        var began = false;

        var answer = await client.SendAsync(
            "abc",
            "t",
            200,
            "text/plain",
            (_, _) =>
            {
                began = true;
                return Task.CompletedTask;
            },
            CancellationToken.None
        );

        Assert.Equal(HttpStatusCode.NotFound, answer);
        Assert.False(began);
    }

    [Fact]
    public async Task SendAsync_BodyFails_OperatorSeesThatItIsIncomplete()
    {
        var end = new TaskCompletionSource<Exception?>();
        await using var hub = await TlsHub.StartAsync(async http =>
            end.SetResult(await Record.ExceptionAsync(() => http.Request.Body.CopyToAsync(Stream.Null)))
        );
        using var client = new StreamClient(hub.Address, "node-1", hub.Authorities);

        await Assert.ThrowsAnyAsync<Exception>(() =>
            client.SendAsync(
                "abc",
                "t",
                200,
                "text/plain",
                async (to, cancellationToken) =>
                {
                    await to.WriteAsync("half"u8.ToArray(), cancellationToken);
                    throw new InvalidOperationException("no more");
                },
                CancellationToken.None
            )
        );

        Assert.NotNull(await end.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task SendAsync_OtherAuthority_IsNotTrusted()
    {
        await using var other = await TlsHub.StartAsync(_ => Task.CompletedTask);
        await using var hub = await TlsHub.StartAsync(_ => throw new InvalidOperationException("A request arrived."));
        using var client = new StreamClient(hub.Address, "node-1", other.Authorities);

        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.SendAsync("abc", "t", 200, "text/plain", (_, _) => Task.CompletedTask, CancellationToken.None)
        );
    }
}
