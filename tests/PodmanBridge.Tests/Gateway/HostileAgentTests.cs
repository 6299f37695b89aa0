using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Stromboli.PodmanBridge.Gateway;

namespace Stromboli.PodmanBridge.Tests.Gateway;

/// <summary>What an agent may try, and what it does by accident.</summary>
public sealed class HostileAgentTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private GatewayHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await GatewayHarness.StartAsync(options => options with
    {
        AdmissionWait = TimeSpan.FromMilliseconds(300),
        Drain = TimeSpan.FromSeconds(3),
        LargestBody = 2 * 1024 * 1024,
    });

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task TwoRuns_AtOnce_NeverMix()
    {
        await using var first = await _harness.OpenAdmittedAsync("first", "sk-first-000000");
        await using var second = await _harness.OpenAdmittedAsync("second", "sk-second-00000");
        var clients = new[] { _harness.Client("first"), _harness.Client("second") };

        await Parallel.ForEachAsync(Enumerable.Range(0, 100), new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (i, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt($"@usage in={1 + (i % 2)} out=0", model: i % 2 == 0 ? "claude-first" : "claude-second") };
            // Whatever a run says of itself, its socket says who it is.
            request.Headers.Add("x-api-key", i % 2 == 0 ? "sk-second-00000" : "sk-first-000000");
            request.Headers.Host = i % 2 == 0 ? "second" : "first";
            using var response = await clients[i % 2].SendAsync(request, cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });

        Assert.All(await _harness.ModelLogAsync(), line => Assert.Equal(
            line.GetProperty("model").GetString() == "claude-first" ? "sk-first-000000" : "sk-second-00000",
            line.GetProperty("credentials").GetProperty("x-api-key").GetString()));
        Assert.Equal(50, first.Totals.Requests);
        Assert.Equal(50, second.Totals.Requests);
        Assert.Equal(["claude-first"], first.Totals.ByModel.Keys);
        Assert.Equal(["claude-second"], second.Totals.ByModel.Keys);
    }

    [Fact]
    public async Task Credential_Everything_IsInNoLogAndNoFile()
    {
        await using (var run = await _harness.OpenAdmittedAsync())
        {
            foreach (var prompt in new[] { "@say a", "@status 401", "@status 529" })
            {
                using (await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt(prompt)))
                {
                }
            }

            run.Admit(_harness.Credential(origin: new Uri("http://127.0.0.1:1")));
            using (await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x")))
            {
            }

            Assert.DoesNotContain(GatewayHarness.Secret, $"{run.Totals}{run.LastFailure}{_harness.Credential()}{ModelOrigin.Of(_harness.Credential())}", StringComparison.Ordinal);
        }

        Assert.NotEmpty(_harness.Loggers.Lines);
        Assert.DoesNotContain(_harness.Loggers.Lines, line => line.Contains(GatewayHarness.Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(GatewayHarness.Secret, await File.ReadAllTextAsync(Path.Combine(_harness.Folder, "run.ledger")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangUp_InMidStream_StillCountsTheUsage()
    {
        var more = new TaskCompletionSource();
        using var upstream = new RawUpstream(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nevent: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":100}}}\n\n"u8.ToArray());
            await more.Task;
            await stream.WriteAsync("data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":77}}\n\ndata: {\"type\":\"message_stop\"}\n\n"u8.ToArray());
        });
        await using var run = await _harness.OpenAsync();
        run.Admit(_harness.Credential(origin: upstream.Address));

        using (var socket = await SendAsync("x"))
            await socket.ReceiveAsync(new byte[1]);
        more.SetResult();
        await run.IdleAsync(CancellationToken.None).WaitAsync(Soon);

        Assert.Equal(new() { Input = 100, Output = 77 }, run.Totals.Tokens);
        Assert.Equal(0, run.Totals.Unsettled);
        Assert.Null(run.LastFailure);
    }

    [Fact]
    public async Task HangUp_UpstreamGoesOnForLong_IsGivenUpAndStaysUnsettled()
    {
        await using var run = await _harness.OpenAdmittedAsync();

        using (var socket = await SendAsync("@usage in=40 out=4\n@stall"))
            await socket.ReceiveAsync(new byte[1]);
        await run.IdleAsync(CancellationToken.None).WaitAsync(Soon);

        Assert.Equal(40, run.Totals.Tokens.Input);
        Assert.Equal(1, run.Totals.Unsettled);
        Assert.Null(run.LastFailure);
    }

    [Fact]
    public async Task Refuse_InMidStream_CutsAtOnceAndLetsNothingOutAnyMore()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        using var response = await _harness.Client().SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt("@stall") },
            HttpCompletionOption.ResponseHeadersRead);

        run.Refuse();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync().WaitAsync(Soon));
        await run.IdleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1));
        run.Admit(_harness.Credential());
        using var after = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"));
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
        Assert.Equal("false", after.Headers.GetValues("x-should-retry").Single());
        Assert.Single(await _harness.ModelLogAsync());
    }

    [Fact]
    public async Task NotAdmitted_InTime_IsToldToComeBack()
    {
        await using var run = await _harness.OpenAsync();

        using var response = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"));
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal("overloaded_error", error.RootElement.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Lease_Over_NothingGoesOutUntilTheNext()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        _harness.LeaseHolds = false;
        using (var refused = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x")))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.False(File.Exists(_harness.ModelLog) && (await _harness.ModelLogAsync()).Count > 0);

        _harness.LeaseHolds = true;
        using var response = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Body_TooLargeByItsOwnWord_IsRefusedUnread()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new ByteArrayContent(new byte[3 * 1024 * 1024]) };
        request.Headers.ExpectContinue = true;

        using var response = await _harness.Client().SendAsync(request);
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("request_too_large", error.RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Body_GrowsTooLarge_IsCutOff()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        using var socket = await _harness.ConnectAsync();
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
        await socket.SendAsync("POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());

        var sent = 0;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (; sent < 1000; sent++)
                await socket.SendAsync(chunk).WaitAsync(Soon);
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
        await using var run = await _harness.OpenAdmittedAsync();

        using var response = await _harness.Client().PostAsync("/v1/messages", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Body_Compressed_IsRefusedHere()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        using var content = GatewayHarness.Prompt("x");
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await _harness.Client().PostAsync("/v1/messages", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Smuggling_TwoLengths_NeverMakesTwoRequestsOfOne()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        const string inner = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}";

        var answer = await RawAsync($"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {inner.Length + 5}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n{inner}");

        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nConnection: close\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("POST http://169.254.169.254/v1/messages HTTP/1.1\r\nHost: 169.254.169.254\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400")]
    public async Task Request_OfAnotherKind_LeadsNowhere(string request, string answer)
    {
        await using var run = await _harness.OpenAdmittedAsync();

        var said = await RawAsync(request);

        Assert.StartsWith(answer, said, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 101", said, StringComparison.Ordinal);
        Assert.Equal(0, run.Totals.Requests);
    }

    [Fact]
    public async Task Connections_BeyondTheBound_AreClosedAndTheOthersServed()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < RunSocket.MostConnections; i++)
                sockets.Add(await _harness.ConnectAsync());
            using var onemore = await _harness.ConnectAsync();
            Assert.Equal(0, await ReceiveAsync(onemore));

            sockets[0].Dispose();
            await UntilAsync(async () =>
            {
                using var next = await _harness.ConnectAsync();
                return (await RawAsync(next, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
            });
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Socket_File_IsForEverybodyAndGoesWithTheRun()
    {
        var path = _harness.Socket("run");
        await File.WriteAllTextAsync(path, "left by a killed bridge");
        await using (await _harness.OpenAdmittedAsync())
            Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(path));

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Reopened_Run_GoesOnWithItsLedger()
    {
        await using (await _harness.OpenAdmittedAsync())
        {
            using (await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("@usage in=10 out=1")))
            {
            }
        }

        Assert.Equal(10, _harness.Gateway.Recall(Path.Combine(_harness.Folder, "run.ledger"))!.Tokens.Input);
        await using var again = await _harness.OpenAdmittedAsync();
        using var response = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("@usage in=20 out=2\n@say x"));

        Assert.Equal(30, again.Totals.Tokens.Input);
        Assert.Equal(2, again.Totals.Requests);
        Assert.Null(_harness.Gateway.Recall(Path.Combine(_harness.Folder, "none.ledger")));
    }

    private async Task<Socket> SendAsync(string prompt)
    {
        var body = await GatewayHarness.Prompt(prompt).ReadAsByteArrayAsync();
        var socket = await _harness.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n"));
        await socket.SendAsync(body);
        return socket;
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = await _harness.ConnectAsync();
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

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Soon);
        while (!await condition())
            await Task.Delay(20, deadline.Token);
    }
}
