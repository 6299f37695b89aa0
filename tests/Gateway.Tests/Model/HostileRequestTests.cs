using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Stromboli.Gateway.Sockets;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.Testing;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>Bodies, requests and connections that are none.</summary>
public sealed class HostileRequestTests : HostileAgentCase
{
    [Fact]
    public async Task Body_TooLargeByItsOwnWord_IsRefusedUnread()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = new ByteArrayContent(new byte[3 * 1024 * 1024]),
        };
        request.Headers.ExpectContinue = true;

        using var response = await Harness.Client().SendAsync(request);
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("request_too_large", error.RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Body_GrowsTooLarge_IsCutOff()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        using var socket = await Harness.ConnectAsync();
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
        await socket.SendAsync("POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());

        var sent = 0;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (; sent < 1000; sent++)
            {
                await socket.SendAsync(chunk).WaitAsync(Soon);
            }
        });

        // The bound is 32 of them; some more lie in buffers on the way.
        Assert.InRange(sent, 32, 128);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}")]
    public async Task Body_IsNotARequest_IsRefusedHere(string body)
    {
        await using var run = await Harness.OpenAdmittedAsync();

        using var response = await Harness.Client().PostAsync("/v1/messages", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Body_Compressed_IsRefusedHere()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        using var content = GatewayHarness.Prompt("x");
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await Harness.Client().PostAsync("/v1/messages", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Smuggling_TwoLengths_NeverMakesTwoRequestsOfOne()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        const string inner = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}";

        var answer = await RawAsync(
            $"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {inner.Length + 5}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n{inner}"
        );

        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nConnection: close\r\n\r\n", "HTTP/1.1 404")]
    [InlineData(
        "POST http://169.254.169.254/v1/messages HTTP/1.1\r\nHost: 169.254.169.254\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 404"
    )]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400")]
    public async Task Request_OfAnotherKind_LeadsNowhere(string request, string answer)
    {
        await using var run = await Harness.OpenAdmittedAsync();

        var said = await RawAsync(request);

        Assert.StartsWith(answer, said, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 101", said, StringComparison.Ordinal);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Connections_BeyondTheBound_AreClosedAndTheOthersServed()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < RunSocket.MostConnections; i++)
            {
                sockets.Add(await Harness.ConnectAsync());
            }

            using var onemore = await Harness.ConnectAsync();
            Assert.Equal(0, await ReceiveAsync(onemore));

            sockets[0].Dispose();
            await Eventually.TrueAsync(async () =>
            {
                using var next = await Harness.ConnectAsync();
                return (await RawAsync(next, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).StartsWith(
                    "HTTP/1.1 200",
                    StringComparison.Ordinal
                );
            });
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = await Harness.ConnectAsync();
        return await RawAsync(socket, request);
    }

    private static async Task<string> RawAsync(Socket socket, string request)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync().WaitAsync(Soon);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Soon);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
