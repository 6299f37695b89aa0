using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Stromboli.Gateway.Model;
using Stromboli.Gateway.Tests.Harness;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>What an agent may try, and what it does by accident.</summary>
public sealed class HostileAgentTests : HostileAgentCase
{
    [Fact]
    public async Task TwoRuns_AtOnce_NeverMix()
    {
        await using var first = await Harness.OpenAdmittedAsync("first", "sk-first-000000");
        await using var second = await Harness.OpenAdmittedAsync("second", "sk-second-00000");
        var clients = new[] { Harness.Client("first"), Harness.Client("second") };

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 100),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (i, cancellationToken) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
                {
                    Content = GatewayHarness.Prompt($"@usage in={1 + (i % 2)} out=0", model: i % 2 == 0 ? "claude-first" : "claude-second"),
                };
                // Whatever a run says of itself, its socket says who it is.
                request.Headers.Add("x-api-key", i % 2 == 0 ? "sk-second-00000" : "sk-first-000000");
                request.Headers.Host = i % 2 == 0 ? "second" : "first";
                using var response = await clients[i % 2].SendAsync(request, cancellationToken);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        );

        Assert.All(
            await Harness.ModelLogAsync(),
            line =>
                Assert.Equal(
                    line.GetProperty("model").GetString() == "claude-first" ? "sk-first-000000" : "sk-second-00000",
                    line.GetProperty("credentials").GetProperty("x-api-key").GetString()
                )
        );
        Assert.Equal(50, first.Totals.Requests);
        Assert.Equal(50, second.Totals.Requests);
        Assert.Equal(["claude-first"], first.Totals.ByModel.Keys);
        Assert.Equal(["claude-second"], second.Totals.ByModel.Keys);
    }

    [Fact]
    public async Task Credential_Everything_IsInNoLogAndNoFile()
    {
        await using (var run = await Harness.OpenAdmittedAsync())
        {
            foreach (var prompt in new[] { "@say a", "@status 401", "@status 529" })
            {
                using (await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt(prompt))) { }
            }

            run.Admit(Harness.Credential(origin: new Uri("http://127.0.0.1:1")));
            using (await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"))) { }

            Assert.DoesNotContain(
                GatewayHarness.Secret,
                $"{run.Totals}{run.LastFailure}{Harness.Credential()}{ModelUpstream.Of(Harness.Credential())}",
                StringComparison.Ordinal
            );
        }

        Assert.NotEmpty(Harness.Loggers.Lines);
        Assert.DoesNotContain(Harness.Loggers.Lines, line => line.Contains(GatewayHarness.Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(
            GatewayHarness.Secret,
            await File.ReadAllTextAsync(Path.Combine(Harness.Folder, "run.ledger")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task HangUp_InMidStream_StillCountsTheUsage()
    {
        var more = new TaskCompletionSource();
        using var upstream = new RawUpstream(
            async (stream, _) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nevent: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":100}}}\n\n"u8.ToArray()
                );
                await more.Task;
                await stream.WriteAsync(
                    "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":77}}\n\ndata: {\"type\":\"message_stop\"}\n\n"u8.ToArray()
                );
            }
        );
        await using var run = await Harness.OpenAsync();
        run.Admit(Harness.Credential(origin: upstream.Address));

        using (var socket = await SendAsync("x"))
        {
            await socket.ReceiveAsync(new byte[1]);
        }

        more.SetResult();
        await run.IdleAsync(CancellationToken.None).WaitAsync(Soon);

        Assert.Equal(new() { Input = 100, Output = 77 }, run.Totals.Tokens);
        Assert.Equal(0, run.Totals.Unsettled);
        Assert.Null(run.LastFailure);
    }

    [Fact]
    public async Task HangUp_UpstreamGoesOnForLong_IsGivenUpAndStaysUnsettled()
    {
        await using var run = await Harness.OpenAdmittedAsync();

        using (var socket = await SendAsync("@usage in=40 out=4\n@stall"))
        {
            await socket.ReceiveAsync(new byte[1]);
        }

        await run.IdleAsync(CancellationToken.None).WaitAsync(Soon);

        Assert.Equal(40, run.Totals.Tokens.Input);
        Assert.Equal(1, run.Totals.Unsettled);
        Assert.Null(run.LastFailure);
    }

    [Fact]
    public async Task Refuse_InMidStream_CutsAtOnceAndLetsNothingOutAnyMore()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        using var response = await Harness
            .Client()
            .SendAsync(
                new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt("@stall") },
                HttpCompletionOption.ResponseHeadersRead
            );

        run.Refuse();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync().WaitAsync(Soon));
        await run.IdleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1));
        run.Admit(Harness.Credential());
        using var after = await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"));
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
        Assert.Equal("false", after.Headers.GetValues("x-should-retry").Single());
        Assert.Single(await Harness.ModelLogAsync());
    }

    [Fact]
    public async Task NotAdmitted_InTime_IsToldToComeBack()
    {
        await using var run = await Harness.OpenAsync();

        using var response = await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"));
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal("overloaded_error", error.RootElement.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Lease_Over_NothingGoesOutUntilTheNext()
    {
        await using var run = await Harness.OpenAdmittedAsync();
        Harness.LeaseHolds = false;
        using (var refused = await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        Assert.False(File.Exists(Harness.ModelLog) && (await Harness.ModelLogAsync()).Count > 0);

        Harness.LeaseHolds = true;
        using var response = await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("x"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Socket_File_IsForEverybodyAndGoesWithTheRun()
    {
        var path = Harness.Socket("run");
        await File.WriteAllTextAsync(path, "left by a killed bridge");
        await using (await Harness.OpenAdmittedAsync())
        {
            Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(path));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Reopened_Run_GoesOnWithItsLedger()
    {
        await using (await Harness.OpenAdmittedAsync())
        {
            using (await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("@usage in=10 out=1"))) { }
        }

        Assert.Equal(10, Harness.Gateway.Recall(Path.Combine(Harness.Folder, "run.ledger"))!.Tokens.Input);
        await using var again = await Harness.OpenAdmittedAsync();
        using var response = await Harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("@usage in=20 out=2\n@say x"));

        Assert.Equal(30, again.Totals.Tokens.Input);
        Assert.Equal(2, again.Totals.Requests);
        Assert.Null(Harness.Gateway.Recall(Path.Combine(Harness.Folder, "none.ledger")));
    }

    private async Task<Socket> SendAsync(string prompt)
    {
        var body = await GatewayHarness.Prompt(prompt).ReadAsByteArrayAsync();
        var socket = await Harness.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n"));
        await socket.SendAsync(body);
        return socket;
    }
}
