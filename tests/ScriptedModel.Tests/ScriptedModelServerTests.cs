using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Stromboli.ScriptedModel.Tests;

public sealed class ScriptedModelServerTests : IAsyncLifetime
{
    private readonly string _log = Path.Combine(Path.GetTempPath(), $"scripted-model-{Guid.NewGuid():N}.jsonl");
    private readonly HttpClient _client = new();
    private ScriptedModelServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedModelServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _log, TestContext.Current.CancellationToken);
        _client.BaseAddress = _server.BaseAddress;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        File.Delete(_log);
    }

    [Fact]
    public async Task Messages_Streaming_SendsTheApisEventsInOrder()
    {
        using var response = await PostAsync(
            "/v1/messages?beta=true",
            "@usage in=1000 out=500\n@say Grüße, 世界 🌋, and a text longer than one piece",
            stream: true
        );
        var events = new List<(string Type, JsonElement Data)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
        }

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ["message_start", "content_block_start", "ping", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            events
                .Select(e => e.Type)
                .Aggregate(new List<string>(), (list, type) => list.Count > 0 && list[^1] == type ? list : [.. list, type])
        );
        Assert.All(events, e => Assert.Equal(e.Type, e.Data.GetProperty("type").GetString()));
        var text = string.Concat(
            events.Where(e => e.Type == "content_block_delta").Select(e => e.Data.GetProperty("delta").GetProperty("text").GetString())
        );
        Assert.Equal("Grüße, 世界 🌋, and a text longer than one piece", text);
        Assert.Equal(1000, events[0].Data.GetProperty("message").GetProperty("usage").GetProperty("input_tokens").GetInt64());
        Assert.Equal(500, events[^2].Data.GetProperty("usage").GetProperty("output_tokens").GetInt64());
        Assert.Equal("end_turn", events[^2].Data.GetProperty("delta").GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task Messages_BashWithoutStream_IsAToolUse()
    {
        using var response = await PostAsync("/v1/messages", "@bash echo hi", stream: false);
        using var message = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        var block = message.RootElement.GetProperty("content")[0];
        Assert.Equal("tool_use", block.GetProperty("type").GetString());
        Assert.Equal("echo hi", block.GetProperty("input").GetProperty("command").GetString());
        Assert.Equal("tool_use", message.RootElement.GetProperty("stop_reason").GetString());
    }

    [Theory]
    [InlineData(401, "authentication_error")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(529, "overloaded_error")]
    public async Task Messages_Status_IsAnApiShapedError(int status, string type)
    {
        using var response = await PostAsync("/v1/messages", $"@status {status}", stream: true);
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(type, error.RootElement.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Messages_Stall_SendsTheStartAndNothingMore()
    {
        using var response = await PostAsync("/v1/messages", "@stall", stream: true);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[4096];

        var read = await stream.ReadAsync(buffer);
        Assert.StartsWith("event: message_start\n", Encoding.UTF8.GetString(buffer, 0, read), StringComparison.Ordinal);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), soon.Token)
        );
    }

    [Fact]
    public async Task Messages_NoCredential_Is401()
    {
        using var response = await _client.PostAsync("/v1/messages", new StringContent("""{"model":"m"}"""));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task CountTokens_AnyBody_Counts()
    {
        using var response = await PostAsync("/v1/messages/count_tokens", "hello", stream: false);
        using var count = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.True(count.RootElement.GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Log_EachRequest_HasTheCredentialItCameWith()
    {
        using (await PostAsync("/v1/messages?beta=true", "@status 529", stream: true)) { }

        using var line = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(_log)));
        Assert.Equal("key-1", line.RootElement.GetProperty("credentials").GetProperty("x-api-key").GetString());
        Assert.Equal("/v1/messages?beta=true", line.RootElement.GetProperty("target").GetString());
        Assert.Equal(529, line.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("claude-test", line.RootElement.GetProperty("model").GetString());
        Assert.True(line.RootElement.GetProperty("stream").GetBoolean());
        Assert.Equal(64, line.RootElement.GetProperty("promptSha256").GetString()!.Length);
    }

    [Theory]
    [InlineData("""@structured {"name": "x"}""", "tool_use")]
    [InlineData("@structured no JSON", "text")]
    public async Task Messages_Structured_IsAUseOfTheToolIfItIsOffered(string prompt, string type)
    {
        using var response = await PostAsync(Body(prompt, Structured));
        using var message = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        var block = message.RootElement.GetProperty("content")[0];
        Assert.Equal(type, block.GetProperty("type").GetString());
        if (type == "tool_use")
        {
            Assert.Equal(
                ("StructuredOutput", """{"name":"x"}"""),
                (block.GetProperty("name").GetString(), block.GetProperty("input").GetRawText())
            );
        }
    }

    [Fact]
    public async Task Messages_StructuredWithoutItsTool_IsOk()
    {
        using var response = await PostAsync("/v1/messages", "@structured {}", stream: false);

        Assert.Contains("\"text\":\"OK\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Log_SystemPromptCachingAndSchema_AreWhatArrived()
    {
        using (await PostAsync(Body("hi", Structured))) { }

        using var line = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(_log)));
        Assert.Equal("\nand the end", line.RootElement.GetProperty("system").GetString()![^12..]);
        Assert.Equal(2000, line.RootElement.GetProperty("system").GetString()!.Length);
        Assert.Equal(["5m", "1h"], line.RootElement.GetProperty("cacheTtls").EnumerateArray().Select(ttl => ttl.GetString()));
        Assert.Equal("""{"type":"object"}""", line.RootElement.GetProperty("schema").GetString());
    }

    private static object Structured => new { name = "StructuredOutput", input_schema = new { type = "object" } };

    private static string Body(string prompt, object tool) =>
        JsonSerializer.Serialize(
            new
            {
                model = "claude-test",
                max_tokens = 1000,
                tools = new[] { tool },
                system = new object[]
                {
                    new
                    {
                        type = "text",
                        text = new string('x', 3000),
                        cache_control = new { type = "ephemeral" },
                    },
                    new
                    {
                        type = "text",
                        text = "and the end",
                        cache_control = new { type = "ephemeral", ttl = "1h" },
                    },
                },
                messages = new[] { new { role = "user", content = prompt } },
            }
        );

    private async Task<HttpResponseMessage> PostAsync(string target, string prompt, bool stream) =>
        await PostAsync(
            JsonSerializer.Serialize(
                new
                {
                    model = "claude-test",
                    max_tokens = 1000,
                    stream,
                    tools = new[] { new { name = "Bash" } },
                    messages = new[] { new { role = "user", content = prompt } },
                }
            ),
            target
        );

    private async Task<HttpResponseMessage> PostAsync(string body, string target = "/v1/messages")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-api-key", "key-1");
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
