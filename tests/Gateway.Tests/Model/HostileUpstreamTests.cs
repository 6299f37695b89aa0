using System.Net;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Model;
using Stromboli.Gateway.Tests.Harness;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>What an upstream may do that is not the Messages API.</summary>
public sealed class HostileUpstreamTests : IAsyncLifetime
{
    private const string Start =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-x\",\"usage\":{\"input_tokens\":100,\"output_tokens\":1}}}\n\n";

    private GatewayHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await GatewayHarness.StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Answer_EchoesTheCredential_ItIsMaskedAcrossPieces()
    {
        var secret = GatewayHarness.Secret;
        using var upstream = new RawUpstream(
            $"HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nrequest-id: {secret}\r\nConnection: close\r\n\r\nyou sent {secret[..7]}",
            secret[7..] + " and " + secret[..5],
            " and " + secret + "!"
        );
        await using var run = await OpenAsync(upstream);

        using var response = await PostAsync();

        Assert.Equal(
            $"you sent {new string('*', secret.Length)} and {secret[..5]} and {new string('*', secret.Length)}!",
            await response.Content.ReadAsStringAsync()
        );
        Assert.False(response.Headers.Contains("request-id"));
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("")]
    public async Task Answer_IsNotTheMessagesApi_IsABadGateway(string answer)
    {
        using var upstream = new RawUpstream(answer);
        await using var run = await OpenAsync(upstream);

        using var response = await PostAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(RunReason.ModelUnavailable, run.LastFailure!.Reason);
        Assert.Equal(1, run.Totals.Unsettled);
        Assert.Single(upstream.Heads);
    }

    [Fact]
    public async Task Answer_HeadersOfTheAccount_DoNotReachTheAgent()
    {
        using var upstream = new RawUpstream(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nanthropic-organization-id: o\r\nset-cookie: a=b\r\nanthropic-ratelimit-requests-limit: 50\r\nx-evil: 1\r\nrequest-id: req_1\r\nContent-Length: 2\r\n\r\n{}"
        );
        await using var run = await OpenAsync(upstream);

        using var response = await PostAsync();

        Assert.Equal(
            ["date", "request-id", "transfer-encoding"],
            response.Headers.Select(header => header.Key.ToLowerInvariant()).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Stream_BreaksOff_BreaksOffForTheAgentAndKeepsWhatIsKnown()
    {
        using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n", Start);
        await using var run = await OpenAsync(upstream);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var response = await PostAsync();
            await response.Content.ReadAsStringAsync();
        });
        await run.IdleAsync(CancellationToken.None);
        Assert.Equal(new() { Input = 100, Output = 1 }, run.Totals.Tokens);
        Assert.Equal(1, run.Totals.Unsettled);
        Assert.Equal(RunReason.ModelUnavailable, run.LastFailure!.Reason);
    }

    [Fact]
    public async Task Stream_ErrorInside_IsTheRunsFailure()
    {
        using var upstream = new RawUpstream(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                + Start
                + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"
        );
        await using var run = await OpenAsync(upstream);

        using var response = await PostAsync();

        Assert.Contains("overloaded_error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(RunReason.ModelUnavailable, run.LastFailure!.Reason);
    }

    [Fact]
    public async Task Stream_EachPiece_IsPassedOnAtOnce()
    {
        var more = new TaskCompletionSource();
        using var upstream = new RawUpstream(
            async (stream, _) =>
            {
                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + Start)
                );
                await more.Task;
                await stream.WriteAsync("event: ping\n\n"u8.ToArray());
            }
        );
        await using var run = await OpenAsync(upstream);

        using var response = await PostAsync();
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = new byte[Start.Length];
        await body.ReadExactlyAsync(first);
        more.SetResult();

        Assert.Equal(Start, Encoding.UTF8.GetString(first));
        Assert.Equal("event: ping\n\n", await new StreamReader(body).ReadToEndAsync());
    }

    [Fact]
    public async Task Request_OfOurMaking_HoldsNothingElse()
    {
        using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        await using var run = await OpenAsync(upstream);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt("x") };
        foreach (
            var (name, value) in new[]
            {
                ("x-api-key", "forged"),
                ("authorization", "Bearer forged"),
                ("proxy-authorization", "Basic Zm9yZ2Vk"),
                ("cookie", "a=b"),
                ("x-forwarded-for", "1.2.3.4"),
                ("x-stainless-os", "Linux"),
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                ("te", "trailers"),
                ("accept-encoding", "gzip"),
                ("anthropic-beta", "effort-2025-11-24, effort-2025-11-24,"),
                ("anthropic-version", "2023-06-01\tx"),
                ("user-agent", "claude-cli/2.1"),
            }
        )
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await _harness.Client().SendAsync(request);

        var head = Assert.Single(upstream.Heads).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("POST /v1/messages HTTP/1.1", head[0]);
        Assert.Equal(
            [
                "accept-encoding: identity",
                "accept: application/json",
                "anthropic-beta: effort-2025-11-24",
                "anthropic-version: 2023-06-01",
                "content-length: " + (await request.Content.ReadAsByteArrayAsync()).Length,
                "content-type: application/json",
                "host: " + upstream.Address.Authority,
                "user-agent: claude-cli/2.1",
                "x-api-key: " + GatewayHarness.Secret,
            ],
            head[1..]
                .Select(line =>
                    string.Concat(
                        line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant(),
                        line.AsSpan(line.IndexOf(':', StringComparison.Ordinal))
                    )
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Connect_NobodyThere_IsABadGatewayAndCostsNothing()
    {
        var upstream = new RawUpstream();
        upstream.Dispose();
        await using var run = await OpenAsync(upstream);

        using var response = await PostAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(RunReason.ModelUnavailable, run.LastFailure!.Reason);
        Assert.Equal(0, run.Totals.Unsettled);
    }

    [Fact]
    public async Task Connect_NobodyThereAgainAndAgain_FillsNoLog()
    {
        var upstream = new RawUpstream();
        upstream.Dispose();
        await using var run = await OpenAsync(upstream);

        for (var i = 0; i < 20; i++)
        {
            (await PostAsync()).Dispose();
        }

        Assert.Equal(5, _harness.Loggers.Lines.Count(line => line.Contains("cannot be reached", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Connect_TenantNamesALoopbackOrigin_IsNeverReached()
    {
        using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        await using var run = await _harness.OpenAsync();
        run.Admit(_harness.Credential(origin: new UriBuilder(upstream.Address) { Scheme = "https" }.Uri) with { OperatorOrigin = false });

        using var response = await PostAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Empty(upstream.Heads);
    }

    [Fact]
    public async Task Connect_CertificateNobodySigned_IsRefused()
    {
        using var server = new SelfSignedUpstream();
        await using var run = await _harness.OpenAsync();
        run.Admit(_harness.Credential(origin: server.Address));

        using var response = await PostAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.False(server.Reached);
        Assert.Equal(0, run.Totals.Unsettled);
    }

    private async Task<ModelRun> OpenAsync(RawUpstream upstream)
    {
        var run = await _harness.OpenAsync();
        run.Admit(_harness.Credential(origin: upstream.Address));
        return run;
    }

    private Task<HttpResponseMessage> PostAsync() =>
        _harness
            .Client()
            .SendAsync(
                new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt("x") },
                HttpCompletionOption.ResponseHeadersRead
            );
}
