using System.Net;
using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;

namespace Stromboli.Gateway.Tests.Model;

public sealed class ModelGatewayTests : IAsyncLifetime
{
    private GatewayHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await GatewayHarness.StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Messages_Admitted_ReachTheModelWithOurCredentialAndAreCounted()
    {
        await using var run = await _harness.OpenAdmittedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages?beta=true")
        {
            Content = GatewayHarness.Prompt("@usage in=1000 out=500\n@say hello"),
        };
        request.Headers.Add("x-api-key", "placeholder");
        request.Headers.Add("authorization", "Bearer forged");
        request.Headers.Add("cookie", "a=b");
        request.Headers.Add("anthropic-beta", "claude-code-20250219, effort-2025-11-24");

        using var response = await _harness.Client().SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("message_stop", body, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("anthropic-organization-id"));
        var arrived = Assert.Single(await _harness.ModelLogAsync());
        Assert.Equal($$"""{"x-api-key":"{{GatewayHarness.Secret}}"}""", arrived.GetProperty("credentials").GetRawText());
        Assert.Equal("claude-code-20250219,effort-2025-11-24", arrived.GetProperty("beta").GetString());
        Assert.Equal("/v1/messages?beta=true", arrived.GetProperty("target").GetString());
        Assert.Equal(1000, run.Totals.Tokens.Input);
        Assert.Equal(500, run.Totals.Tokens.Output);
        Assert.Equal(0.0105m, run.Totals.CostUSD);
        Assert.Equal("claude-test", run.Model);
        Assert.Equal(0, run.Totals.Unsettled);
        Assert.Null(run.LastFailure);
    }

    [Fact]
    public async Task Messages_NoStream_AreCounted()
    {
        await using var run = await _harness.OpenAdmittedAsync();

        using var response = await _harness
            .Client()
            .PostAsync(
                "/v1/messages",
                GatewayHarness.Prompt("@usage in=7 out=3 cache-read=5 cache-write=2 cache-write-1h=1\n@say x", stream: false)
            );
        using var message = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal("x", message.RootElement.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(
            new()
            {
                Input = 7,
                Output = 3,
                CacheRead = 5,
                CacheWrite = 2,
                CacheWriteHour = 1,
            },
            run.Totals.Tokens
        );
    }

    [Fact]
    public async Task Messages_OAuthToken_IsABearerWithItsBeta()
    {
        await using var run = await _harness.OpenAdmittedAsync(secret: "oauth-token-123", kind: CredentialKind.OAuthToken);

        using var response = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("hi"));

        var arrived = Assert.Single(await _harness.ModelLogAsync());
        Assert.Equal("""{"authorization":"Bearer oauth-token-123"}""", arrived.GetProperty("credentials").GetRawText());
        Assert.Equal("oauth-2025-04-20", arrived.GetProperty("beta").GetString());
    }

    [Theory]
    [InlineData(401, RunReason.AuthenticationFailed)]
    [InlineData(403, RunReason.AuthenticationFailed)]
    [InlineData(429, RunReason.RateLimited)]
    [InlineData(500, RunReason.ModelUnavailable)]
    [InlineData(529, RunReason.ModelUnavailable)]
    public async Task Messages_ModelFails_IsRememberedUntilASuccess(int status, RunReason reason)
    {
        await using var run = await _harness.OpenAdmittedAsync();
        var client = _harness.Client();

        using (var response = await client.PostAsync("/v1/messages", GatewayHarness.Prompt($"@status {status}")))
        {
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(status is 401 or 403, response.Headers.TryGetValues("x-should-retry", out var retry) && retry.Single() == "false");
        }

        Assert.Equal(reason, run.LastFailure!.Reason);
        Assert.Equal(0, run.Totals.Unsettled);
        using (await client.PostAsync("/v1/messages", GatewayHarness.Prompt("fine")))
        {
            Assert.Null(run.LastFailure);
        }
    }

    [Fact]
    public async Task Messages_BeforeAdmission_Wait()
    {
        await using var run = await _harness.OpenAsync();
        var answer = _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt("hi"));

        await Eventually.True(() => !run.Requests.Idle.IsCompleted);
        Assert.False(answer.IsCompleted);
        Assert.False(File.Exists(_harness.ModelLog) && (await _harness.ModelLogAsync()).Count > 0);
        run.Admit(_harness.Credential());

        using var response = await answer;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("HEAD", "/", 200)]
    [InlineData("GET", "/v1/messages", 404)]
    [InlineData("POST", "/v1/messages?beta=false", 404)]
    [InlineData("POST", "/v1/messages/", 404)]
    [InlineData("POST", "/v1/messages/batches", 404)]
    [InlineData("POST", "/v1/%6dessages", 404)]
    [InlineData("POST", "//v1/messages", 404)]
    [InlineData("GET", "/v1/models", 404)]
    public async Task Routes_ByExactTarget(string method, string target, int status)
    {
        await using var run = await _harness.OpenAdmittedAsync();
        var answer = await RawAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Empty(await _harness.ModelLogAsync());
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = await _harness.ConnectAsync();
        await using var stream = new System.Net.Sockets.NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
