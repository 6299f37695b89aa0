using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>What an agent may ask for goes out in the gateway's own writing; anything else is refused before it leaves.</summary>
public sealed class RequestRulesTests : IAsyncLifetime
{
    private GatewayHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await GatewayHarness.StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(
        "/v1/messages",
        """{"model":"claude-test","max_tokens":9,"mcp_servers":[{"type":"url","url":"https://elsewhere"}],"messages":[]}""",
        "mcp_servers"
    )]
    [InlineData(
        "/v1/messages",
        """{"model":"claude-test","max_tokens":9,"tools":[{"type":"web_fetch_20250910","name":"web_fetch"}],"messages":[]}""",
        "web_fetch_20250910"
    )]
    [InlineData("/v1/messages", """{"model":"claude-test","max_tokens":9,"surprise":1,"messages":[]}""", "surprise")]
    [InlineData(
        "/v1/messages/count_tokens",
        """{"model":"claude-test","messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://elsewhere"}}]}]}""",
        "messages.0.content.0.source"
    )]
    public async Task Body_WithWhatIsNotLetThrough_NeverLeavesAndIsNamed(string path, string body, string named)
    {
        await using var run = await _harness.OpenAdmittedAsync();

        using var response = await _harness
            .Client()
            .PostAsync(path, new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
        Assert.Equal("invalid_request_error", error.RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.Contains(named, error.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(await _harness.ModelLogAsync());
        Assert.Equal((0, 0L), (run.Totals.Requests, new FileInfo(_harness.Ledger()).Length));
    }

    [Fact]
    public async Task Beta_Unknown_NeverLeavesUnlessTheRunItselfAsksForIt()
    {
        await using var plain = await _harness.OpenAsync("plain");
        plain.Admit(_harness.Credential());
        await using var asking = await _harness.OpenAsync("asking", betas: ["new-thing-2027-01-01"]);
        asking.Admit(_harness.Credential());

        using var refused = await SendAsync("plain", "new-thing-2027-01-01");
        using var sent = await SendAsync("asking", "new-thing-2027-01-01");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused.StatusCode, sent.StatusCode));
        using var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Contains(
            "Unexpected value(s) `new-thing-2027-01-01` for the `anthropic-beta` header",
            error.RootElement.GetProperty("error").GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal("new-thing-2027-01-01", Assert.Single(await _harness.ModelLogAsync()).GetProperty("beta").GetString());
    }

    [Fact]
    public async Task Body_OfAnyWriting_GoesOutInOurs()
    {
        var arrived = "";
        using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        {
            Body = body => arrived = body,
        };
        await using var run = await _harness.OpenAsync();
        run.Admit(_harness.Credential(origin: upstream.Address));

        using var response = await _harness
            .Client()
            .PostAsync(
                "/v1/messages",
                new StringContent(
                    """  { "mod\u0065l" : "claude-test",  "max_tokens" : 9 , "messages":[ {"role":"user", "content":"\u0068i \ud83c\udf0b"} ] }  """,
                    Encoding.UTF8
                )
            );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith(
            """{"model":"claude-test","max_tokens":9,"messages":[{"role":"user","content":"hi """,
            arrived,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ServerTool_Allowed_IsPricedAndCounted()
    {
        _harness.ServerTools.Add(new ServerTool { Name = "web_search", PerThousandUSD = 10 });
        await using var run = await _harness.OpenAsync(budget: new AttemptBudget { CostUSD = 1 });
        run.Admit(_harness.Credential());

        using var response = await PostAsync(
            """{"type":"web_search_20250305","name":"web_search","max_uses":5}""",
            "@usage in=1000 out=500 web-search=3\n@say found"
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0.0405m, run.Totals.CostUSD);
        Assert.Equal(new(1500, 0.0405m), run.Totals.Charged);
        Assert.Equal(3, run.Totals.Tokens.WebSearches);
        Assert.Equal(0, run.Totals.Unsettled);
    }

    [Fact]
    public async Task ServerTool_AllowedWithoutAPriceUnderACapOfCost_NeverLeaves()
    {
        _harness.ServerTools.Add(new ServerTool { Name = "code_execution" });
        await using var run = await _harness.OpenAsync(budget: new AttemptBudget { CostUSD = 1 });
        run.Admit(_harness.Credential());

        using var response = await PostAsync("""{"type":"code_execution_20250825","name":"code_execution"}""", "hi");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("no price for code_execution", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await _harness.ModelLogAsync());
    }

    [Fact]
    public async Task ServerTool_NoLongerAllowed_IsRefusedFromTheNextRequestOn()
    {
        _harness.ServerTools.Add(new ServerTool { Name = "web_search", PerThousandUSD = 10 });
        await using var run = await _harness.OpenAdmittedAsync();
        const string tool = """{"type":"web_search_20250305","name":"web_search"}""";

        using var before = await PostAsync(tool, "hi");
        _harness.ServerTools.Clear();
        using var after = await PostAsync(tool, "hi");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Usage_Iterations_CountByTheirModels()
    {
        _harness.Prices.Add(
            new ModelPrice
            {
                Model = "claude-adviser",
                Input = 100,
                Output = 200,
                CacheRead = 0,
                CacheWrite = 0,
                CacheWriteHour = 0,
            }
        );
        await using var run = await _harness.OpenAsync(budget: new AttemptBudget { CostUSD = 100, Tokens = 1_000_000 });
        run.Admit(_harness.Credential());

        using var response = await _harness
            .Client()
            .PostAsync(
                "/v1/messages",
                GatewayHarness.Prompt(
                    "@usage in=1000 out=500 iteration=compaction:2000:100 iteration=advisor_message:40:10:claude-adviser iteration=advisor_message:40:10:claude-adviser\n@say x"
                )
            );
        await response.Content.ReadAsByteArrayAsync();

        var totals = run.Totals;
        Assert.Equal((3000L, 600L), (totals.ByModel["claude-test"].Input, totals.ByModel["claude-test"].Output));
        Assert.Equal((80L, 20L), (totals.ByModel["claude-adviser"].Input, totals.ByModel["claude-adviser"].Output));
        // 3 and 15 dollars a million, and 100 and 200.
        Assert.Equal(new(3700, 0.03m), totals.Charged);
        Assert.Equal(0.03m, totals.CostUSD);
        Assert.Equal("claude-test", totals.Model);
    }

    [Theory]
    [InlineData("unknown=thoughts:7", true)]
    [InlineData("unknown=thoughts:0", false)]
    [InlineData("iteration=advisor_message:1:1:nobody-prices-this", true)]
    [InlineData("web-search=1", true)]
    public async Task Usage_OfWhichSomeIsNotKnown_KeepsItsReservation(string usage, bool kept)
    {
        await using var run = await _harness.OpenAsync(budget: new AttemptBudget { CostUSD = 100 });
        run.Admit(_harness.Credential());

        using var response = await _harness.Client().PostAsync("/v1/messages", GatewayHarness.Prompt($"@usage in=1 out=1 {usage}\n@say x"));
        await response.Content.ReadAsByteArrayAsync();

        // The worst case: a thousand tokens of output at 15 dollars a million, and some thousands of input at 6.
        Assert.Equal(kept, run.Totals.Charged.CostUSD >= 0.015m);
    }

    [Fact]
    public async Task Prompt_LongByABeta_CountsAtTheHigherPrice()
    {
        await using var run = await _harness.OpenAsync(budget: new AttemptBudget { CostUSD = 100 });
        run.Admit(_harness.Credential());

        using var plain = await SendAsync("run", "effort-2025-11-24", "@usage in=300000 out=1000\n@say x");
        Assert.Equal(0.915m, run.Totals.Charged.CostUSD);
        using var longer = await SendAsync("run", "context-1m-2025-08-07", "@usage in=300000 out=1000\n@say x");
        Assert.Equal(0.915m + 1.83m, run.Totals.Charged.CostUSD);
    }

    private async Task<HttpResponseMessage> SendAsync(string run, string beta, string prompt = "hi")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = GatewayHarness.Prompt(prompt) };
        request.Headers.Add("anthropic-beta", beta);
        return await _harness.Client(run).SendAsync(request);
    }

    private Task<HttpResponseMessage> PostAsync(string tool, string prompt) =>
        _harness
            .Client()
            .PostAsync(
                "/v1/messages",
                new StringContent(
                    $$"""{"model":"claude-test","max_tokens":1000,"tools":[{{tool}}],"messages":[{"role":"user","content":{{JsonSerializer.Serialize(prompt)}}}]}""",
                    MediaTypeHeaderValue.Parse("application/json")
                )
            );
}
