using System.Text.Json;
using Stromboli.Gateway.Accounting;

namespace Stromboli.Gateway.Model;

/// <summary>
/// Checks a body for what the rules do not allow, and computes what it can cost beyond its bytes. Values that the API only reads as data
/// (tool input, schemas, metadata) are not checked.
/// </summary>
internal sealed class RequestCheck(RequestRules rules)
{
    /// <summary>More tokens than the API takes for one image, which it scales down.</summary>
    private const long TokensOfAnImage = 5_000;

    /// <summary>A document of a hundred pages, each a page of text and an image.</summary>
    private const long TokensOfADocument = 300_000;

    /// <summary>How often a tool at the provider counts as used when the request sets no bound.</summary>
    private const long UsesWithoutABound = 20;

    private const int LongestName = 64;

    private readonly Dictionary<string, long> _serverTools = [];

    /// <summary>Tools that run at the provider, and how often the request lets each be used.</summary>
    public IReadOnlyDictionary<string, long> ServerTools => _serverTools;

    /// <summary>Input tokens beyond one for each byte.</summary>
    public long ExtraInput { get; private set; }

    /// <summary>One sentence on the first thing that may not go out; null when everything may.</summary>
    public string? Problem(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (!rules.AllowsMember(member.Name))
            {
                return NotAllowed(Named(member.Name), member.Name is "mcp_servers" or "container");
            }

            if (member.Name is "mcp_servers" or "container" && member.Value.ValueKind != JsonValueKind.Null)
            {
                _serverTools[member.Name] = UsesWithoutABound;
            }

            var problem = member.Name switch
            {
                "messages" => Messages(member.Value),
                "system" => Content(member.Value, "system"),
                "tools" => Tools(member.Value),
                "context_management" => Edits(member.Value),
                _ => null,
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Messages(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            return "messages: must be a list";
        }

        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var at = $"messages.{index++}";
            if (message.ValueKind != JsonValueKind.Object)
            {
                return $"{at}: must be an object";
            }

            if (message.TryGetProperty("content", out var content) && Content(content, at + ".content") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Content(JsonElement content, string at)
    {
        if (content.ValueKind is JsonValueKind.String or JsonValueKind.Null)
        {
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return $"{at}: must be text or a list of blocks";
        }

        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            if (Block(block, $"{at}.{index++}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Block(JsonElement block, string at)
    {
        if (block.ValueKind != JsonValueKind.Object || TypeOf(block) is not { } type)
        {
            return $"{at}.type: is needed";
        }

        if (!rules.AllowsBlock(type))
        {
            return $"{at}.type: this gateway does not allow a block of the type {Named(type)}";
        }

        if (type == "image")
        {
            ExtraInput += TokensOfAnImage;
        }

        if (
            block.TryGetProperty("source", out var source)
            && source.ValueKind == JsonValueKind.Object
            && Source(source, type, at + ".source") is { } foreign
        )
        {
            return foreign;
        }

        if (block.TryGetProperty("tool", out var tool) && type == "tool_addition" && Addition(tool, at + ".tool") is { } refused)
        {
            return refused;
        }
        // The results of a tool at the provider have the provider's own form.
        return !RequestRules.IsServerBlock(type) && block.TryGetProperty("content", out var content)
            ? Content(content, at + ".content")
            : null;
    }

    private string? Source(JsonElement source, string block, string at)
    {
        switch (TypeOf(source))
        {
            case "base64":
                if (block == "document")
                {
                    ExtraInput += TokensOfADocument;
                }

                return null;
            case "text":
                return null;
            case "content":
                return source.TryGetProperty("content", out var content) ? Content(content, at + ".content") : null;
            default:
                return $"{at}.type: only base64, text and content are allowed: the provider would fetch anything else";
        }
    }

    // A tool that is added within the conversation follows the same rules as one in <c>tools</c>.
    private string? Addition(JsonElement tool, string at) =>
        tool.ValueKind == JsonValueKind.Object
            ? TypeOf(tool) switch
            {
                "tool_reference" => null,
                "tool_definition" when tool.TryGetProperty("definition", out var definition) => Tool(definition, at + ".definition"),
                _ => $"{at}.type: only tool_reference and tool_definition are allowed",
            }
            : $"{at}: must be an object";

    private string? Tools(JsonElement tools)
    {
        if (tools.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            return "tools: must be a list";
        }

        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            if (Tool(tool, $"tools.{index++}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Tool(JsonElement tool, string at)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            return $"{at}: must be an object";
        }

        if (!tool.TryGetProperty("type", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (TypeOf(tool) is not { } type)
        {
            return $"{at}.type: must be text";
        }

        if (RequestRules.IsClientTool(type))
        {
            return null;
        }

        var family = RequestRules.Family(type);
        if (!rules.AllowsServerTool(family))
        {
            return NotAllowed($"{at}.type {Named(type)}", isServerTool: true);
        }

        var uses =
            tool.TryGetProperty("max_uses", out var most) && most.ValueKind == JsonValueKind.Number && most.TryGetInt64(out var number)
                ? Math.Clamp(number, 0, TokenUsage.Most)
                : UsesWithoutABound;
        _serverTools[family] = Math.Min(TokenUsage.Most, _serverTools.GetValueOrDefault(family) + uses);
        return null;
    }

    private static string? Edits(JsonElement management)
    {
        if (
            management.ValueKind != JsonValueKind.Object
            || !management.TryGetProperty("edits", out var edits)
            || edits.ValueKind != JsonValueKind.Array
        )
        {
            return management.ValueKind == JsonValueKind.Null ? null : "context_management.edits: must be a list";
        }

        var index = 0;
        foreach (var edit in edits.EnumerateArray())
        {
            if (edit.ValueKind != JsonValueKind.Object || TypeOf(edit) is not { } type || !RequestRules.AllowsEdit(type))
            {
                return $"context_management.edits.{index}.type: only clear_thinking and clear_tool_uses are allowed";
            }

            index++;
        }

        return null;
    }

    // The API's own words for an unknown member. The CLI recognises them and continues without it.
    private static string NotAllowed(string what, bool isServerTool) =>
        isServerTool
            ? $"{what}: Extra inputs are not permitted: it runs at the provider, and the operator does not allow it (--allow-server-tool)"
            : $"{what}: Extra inputs are not permitted: this gateway does not know the member";

    private static string? TypeOf(JsonElement element) =>
        element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    // The agent's text is repeated only if it looks like a name.
    private static string Named(string name) =>
        name.Length <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? name : "(of another form)";
}
