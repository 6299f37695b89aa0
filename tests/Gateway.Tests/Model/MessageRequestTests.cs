using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Stromboli.Gateway.Model;

namespace Stromboli.Gateway.Tests.Model;

public sealed class MessageRequestTests
{
    [Theory]
    [InlineData("""{"model":"m"}""", "m", 0)]
    [InlineData(""" {"messages":[{"model":"x"}],"max_tokens":128000,"model":"claude-a","stream":true} """, "claude-a", 128000)]
    [InlineData("""{"model":"m","max_tokens":-5}""", "m", 0)]
    [InlineData("""{"model":"m","max_tokens":9223372036854775807}""", "m", 1_000_000_000)]
    [InlineData("""{"model":"m","max_tokens":1e99}""", "m", 0)]
    [InlineData("""{"mod\u0065l":"m"}""", "m", 0)]
    public void Read_Valid_HasWhatCounts(string body, string model, long maxTokens) =>
        Assert.Equal((model, maxTokens), Read(body) is { } request ? (request.Model, request.MaxTokens) : default);

    [Theory]
    [InlineData("""{"model":"m","speed":"fast"}""", "speed")]
    [InlineData("""{"model":"m","speed":"f\u0061st"}""", "speed")]
    [InlineData("""{"model":"m","speed":["standard"]}""", "speed")]
    [InlineData("""{"model":"m","inference_geo":"us"}""", "inference_geo")]
    [InlineData("""{"model":"m","speed":"standard","inference_geo":"global"}""", null)]
    [InlineData("""{"model":"m","speed":null,"messages":[{"speed":"fast"}]}""", null)]
    public void Read_ForMoreThanThePlainPrice_NamesTheMember(string body, string? member) => Assert.Equal(member, Read(body)!.Surcharge);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"model\"")]
    [InlineData("{}")]
    [InlineData("""{"model":""}""")]
    [InlineData("""{"model":7}""")]
    [InlineData("""{"model":{"model":"m"}}""")]
    [InlineData("""{"model":"m\n"}""")]
    [InlineData("""{"model":"m"}{"model":"n"}""")]
    [InlineData("""{"model":"m"} x""")]
    [InlineData("""{"model":"m","model":"n"}""")]
    [InlineData("""{"model":"m","mod\u0065l":"n"}""")]
    [InlineData("""{"model":"m","a":1,"a":2}""")]
    [InlineData("""{"model":"m","messages":[""")]
    [InlineData("""{"model":"m",}""")]
    [InlineData("""{"model":"\ud83d"}""")]
    [InlineData("""// comment {"model":"m"}""")]
    [InlineData("\uFEFF{\"model\":\"m\"}")]
    public void Read_Invalid_IsRefusedWithAProblem(string body)
    {
        Assert.Null(
            MessageRequest.Read(Encoding.UTF8.GetBytes(body), RequestRules.Default, new ArrayBufferWriter<byte>(), out var problem)
        );
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Read_InvalidUtf8_IsRefused() =>
        Assert.Null(
            MessageRequest.Read(
                (byte[])[.. "{\"model\":\"m\",\"system\":\""u8, 0xFF, .. "\"}"u8],
                RequestRules.Default,
                new ArrayBufferWriter<byte>(),
                out _
            )
        );

    [Theory]
    [InlineData(100, true)]
    [InlineData(200, false)]
    public void Read_Nested_UpToABound(int depth, bool read) =>
        Assert.Equal(read, Read("{\"model\":\"m\",\"metadata\":" + new string('[', depth) + new string(']', depth) + "}") is not null);

    [Fact]
    public void Read_MoreJsonThanABodyNeeds_IsRefused()
    {
        Assert.Null(
            Read(
                "{\"model\":\"m\",\"metadata\":[" + string.Concat(Enumerable.Repeat("1,", MessageRequest.MostJsonTokens)) + "1]}",
                out var problem
            )
        );
        Assert.Contains("JSON tokens", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Output_IsOurWritingOfTheSame()
    {
        var output = new ArrayBufferWriter<byte>();
        const string body =
            """ { "mod\u0065l" : "m" , "max_tokens":1e2, "system" : "a\u003cb\ud83d\ude00\n\/", "temperature":0.10 , "messages":[ ] } """;

        Assert.NotNull(MessageRequest.Read(Encoding.UTF8.GetBytes(body), RequestRules.Default, output, out _));

        var written = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.StartsWith("""{"model":"m","max_tokens":1e2,"system":"a<b""", written, StringComparison.Ordinal);
        Assert.EndsWith(""","temperature":0.10,"messages":[]}""", written, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse(written)));
    }

    [Theory]
    [InlineData("""{"mcp_servers":[{"type":"url","url":"https://elsewhere","name":"x"}]}""", "mcp_servers: Extra inputs are not permitted")]
    [InlineData("""{"container":"c"}""", "container: Extra inputs are not permitted")]
    [InlineData("""{"thread":{"type":"x"}}""", "thread: Extra inputs are not permitted")]
    [InlineData("""{"fallbacks":"default"}""", "fallbacks: Extra inputs are not permitted")]
    [InlineData("""{"something_new":1}""", "something_new: Extra inputs are not permitted")]
    [InlineData("""{"a b":1}""", "(of another form): Extra inputs are not permitted")]
    [InlineData(
        """{"tools":[{"name":"a"},{"type":"web_fetch_20250910","name":"web_fetch"}]}""",
        "tools.1.type web_fetch_20250910: Extra inputs are not permitted"
    )]
    [InlineData(
        """{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""",
        "tools.0.type web_search_20250305: Extra inputs are not permitted"
    )]
    [InlineData("""{"tools":[{"type":"code_execution_20250825","name":"code_execution"}]}""", "tools.0.type code_execution_20250825")]
    [InlineData("""{"tools":[{"type":"advisor_20260301","name":"advisor","model":"claude-opus-5"}]}""", "tools.0.type advisor_20260301")]
    [InlineData("""{"tools":[{"type":"mcp_toolset","mcp_server_name":"x"}]}""", "tools.0.type mcp_toolset")]
    [InlineData("""{"tools":[{"type":["custom"],"name":"x"}]}""", "tools.0.type")]
    [InlineData("""{"tools":{"type":"custom"}}""", "tools: must be a list")]
    [InlineData("""{"tools":["web_search"]}""", "tools.0: must be an object")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://elsewhere/?secret"}}]}]}""",
        "messages.0.content.0.source.type: only base64"
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"f"}}]}]}""",
        "messages.0.content.0.source.type: only base64"
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":""},{"type":"image","source":{"type":"url"}}]}]}]}""",
        "messages.0.content.0.content.1.source.type: only base64"
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[{"type":"image","source":{"type":"url"}}]}}]}]}""",
        "messages.0.content.0.source.content.0.source.type"
    )]
    [InlineData(
        """{"messages":[{"role":"system","content":[{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"web_fetch_20250910"}}}]}]}""",
        "messages.0.content.0.tool.definition.type web_fetch_20250910"
    )]
    [InlineData(
        """{"messages":[{"role":"system","content":[{"type":"tool_addition","tool":{"type":"mcp_toolset"}}]}]}""",
        "messages.0.content.0.tool.type: only tool_reference"
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"container_upload","file_id":"f"}]}]}""",
        "messages.0.content.0.type: this gateway does not allow a block of the type container_upload"
    )]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"something_new"}]}]}""", "a block of the type something_new")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", "messages.0.content.0.type: is needed")]
    [InlineData("""{"messages":[{"role":"user","content":{"type":"image"}}]}""", "messages.0.content: must be text or a list")]
    [InlineData("""{"messages":["x"]}""", "messages.0: must be an object")]
    [InlineData("""{"messages":{}}""", "messages: must be a list")]
    [InlineData("""{"system":[{"type":"document","source":{"type":"url"}}]}""", "system.0.source.type")]
    [InlineData(
        """{"context_management":{"edits":[{"type":"clear_thinking_20251015"},{"type":"compact_20260112"}]}}""",
        "context_management.edits.1.type"
    )]
    public void Read_WhatCostsOrReachesMore_IsRefusedByName(string body, string problem)
    {
        Assert.Null(Read("{\"model\":\"m\"," + body[1..], out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ToolsThatTheOperatorAllows_AreCountedByTheirUses()
    {
        var rules = new RequestRules(["web_search", "mcp_servers"], []);
        const string body = """
            {"model":"m","mcp_servers":[{"url":"https://elsewhere"}],"tools":[{"type":"web_search_20250305","max_uses":7},{"type":"web_search_20260209","max_uses":2},{"type":"mcp_toolset"},{"name":"own"},{"type":"bash_20250124"}],
             "messages":[{"role":"assistant","content":[{"type":"server_tool_use","name":"web_search","input":{}},{"type":"web_search_tool_result","content":{"type":"error"}},{"type":"mcp_tool_result","content":[]}]}]}
            """;

        var request = MessageRequest.Read(Encoding.UTF8.GetBytes(body), rules, new ArrayBufferWriter<byte>(), out var problem);

        Assert.Equal("", problem);
        Assert.Equal(9, request!.ServerTools["web_search"]);
        Assert.Equal(["mcp_servers", "web_search"], request.ServerTools.Keys.Order(StringComparer.Ordinal));
        Assert.Null(MessageRequest.Read("""{"model":"m","container":"c"}"""u8.ToArray(), rules, new ArrayBufferWriter<byte>(), out _));
    }

    [Fact]
    public void Read_ImagesAndDocuments_CountForMoreThanTheirBytes()
    {
        const string image = """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}""";
        const string page = """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}}""";

        Assert.Equal(0, Read("""{"model":"m","messages":[{"role":"user","content":"x"}]}""")!.ExtraInput);
        Assert.Equal(
            310_000,
            Read(
                $$"""{"model":"m","messages":[{"role":"user","content":[{{image}},{"type":"tool_result","content":[{{image}},{{page}}]}]}]}"""
            )!.ExtraInput
        );
    }

    /// <summary>The shapes that Claude Code 2.1.329 was seen to send, each with an option of ours.</summary>
    [Theory]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral","ttl":"1h"}}]},{"role":"system","content":[{"type":"text","text":"x"}],"output_config":{"effort":"medium"}}]}"""
    )]
    [InlineData(
        """{"system":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}],"metadata":{"user_id":"u"},"max_tokens":128000,"stream":true}"""
    )]
    [InlineData(
        """{"thinking":{"type":"adaptive","display":"updates"},"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"output_config":{"effort":"max"}}"""
    )]
    [InlineData(
        """{"thinking":{"type":"enabled","budget_tokens":31999},"tools":[{"name":"Bash","description":"d","input_schema":{"type":"object"}},{"name":"Late","defer_loading":true,"input_schema":{}}],"tool_choice":{"type":"auto"}}"""
    )]
    [InlineData(
        """{"safeguards":[{"type":"dangerous_tool_use","classifier_context":{"v":1}}],"temperature":1,"diagnostics":{"previous_message_id":null}}"""
    )]
    [InlineData(
        """{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"t","name":"Read","input":{"type":"url","source":{"type":"url"}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"tool_reference","tool_name":"Late"}]}]}]}"""
    )]
    public void Read_WhatTheCliSends_GoesOut(string body)
    {
        Assert.NotNull(Read("{\"model\":\"m\"," + body[1..], out var problem));
        Assert.Equal("", problem);
    }

    [Theory]
    [InlineData(
        "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,per-turn-control-2026-07-01,mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24,thinking-display-updates-2026-08-18"
    )]
    [InlineData("context-1m-2025-08-07, extended-cache-ttl-2025-04-11")]
    [InlineData("dangerous-tool-use-2026-09-03,afk-mode-2026-01-31")]
    [InlineData("of-the-run-itself-2027")]
    [InlineData("")]
    public void ReadBetas_Known_AreLetThrough(string header) =>
        Assert.Equal(
            header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            RequestHeaders.ReadBetas(header, new RequestRules([], ["of-the-run-itself-2027"]), out _)
        );

    [Theory]
    [InlineData("effort-2025-11-24,new-2027-01-01", "Unexpected value(s) `new-2027-01-01` for the `anthropic-beta` header")]
    [InlineData("files-api-2025-04-14", "`files-api-2025-04-14`")]
    [InlineData("mcp-client-2025-11-20", "`mcp-client-2025-11-20`")]
    [InlineData("server-side-fallback-2026-07-01", "`server-side-fallback-2026-07-01`")]
    [InlineData("a`b", "not the name of a beta")]
    public void ReadBetas_Unknown_IsNamedAsTheApiNamesIt(string header, string problem)
    {
        Assert.Null(RequestHeaders.ReadBetas(header, new RequestRules(["web_search"], []), out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadBetas_OfAToolThatIsAllowed_GoOut() =>
        Assert.NotNull(RequestHeaders.ReadBetas("web-search-2025-03-05", new RequestRules(["web_search"], []), out _));

    private static MessageRequest? Read(string body) => Read(body, out _);

    private static MessageRequest? Read(string body, out string problem) =>
        MessageRequest.Read(Encoding.UTF8.GetBytes(body), RequestRules.Default, new ArrayBufferWriter<byte>(), out problem);
}
