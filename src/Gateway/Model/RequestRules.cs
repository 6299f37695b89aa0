using System.Text.RegularExpressions;

namespace Stromboli.Gateway.Model;

/// <summary>
/// What an agent may ask of the Messages API. These are lists of what is allowed, because an unknown member, tool or beta may cost
/// something that the gateway does not count, or reach a network from the provider's side. They contain what Claude Code 2.1.329 sends by
/// default and for the options of <c>agent.claude</c>, and the betas of older versions; <c>docs/design/model-gateway.md</c> says how that
/// was determined.
/// </summary>
/// <param name="serverTools">The tools at the provider that the operator allows, by their names without a date.</param>
/// <param name="betas">The betas that the run's own options ask for.</param>
internal sealed partial class RequestRules(IEnumerable<string> serverTools, IEnumerable<string> betas)
{
    /// <summary>The beta by which a prompt may have more than 200,000 tokens, at a higher price.</summary>
    public const string LongContext = "context-1m-2025-08-07";

    private static readonly HashSet<string> Members =
    [
        "model",
        "messages",
        "system",
        "max_tokens",
        "metadata",
        "stop_sequences",
        "stream",
        "temperature",
        "top_k",
        "top_p",
        "thinking",
        "tools",
        "tool_choice",
        "service_tier",
        "cache_control",
        "context_management",
        "output_config",
        "output_format",
        "speed",
        "inference_geo",
        // For the classifier of permissionMode auto, and to ask why a prompt cache was missed.
        "safeguards",
        "diagnostics",
    ];

    private static readonly HashSet<string> ClientTools = ["custom", "bash", "text_editor", "computer", "memory"];

    private static readonly HashSet<string> Blocks =
    [
        "text",
        "image",
        "document",
        "search_result",
        "tool_use",
        "tool_result",
        "tool_reference",
        "thinking",
        "redacted_thinking",
        "mid_conv_system",
        "tool_addition",
        "tool_removal",
    ];

    private static readonly HashSet<string> ServerBlocks =
    [
        "server_tool_use",
        "web_search_tool_result",
        "web_fetch_tool_result",
        "advisor_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
    ];

    private static readonly HashSet<string> Betas =
    [
        // By default, or when the provider switches a part of the CLI on.
        "claude-code-20250219",
        "interleaved-thinking-2025-05-14",
        "context-management-2025-06-27",
        "per-turn-control-2026-07-01",
        "mid-conversation-tool-changes-2026-07-01",
        "mid-conversation-system-2026-04-07",
        "mid-conversation-system-clear-at-2026-08-21",
        "inline-tools-2026-09-15",
        "thinking-token-count-2026-05-13",
        "thinking-display-updates-2026-08-18",
        "thinking-binding-controls-2026-08-01",
        "thinking-resumption-2026-07-17",
        "redact-thinking-2026-02-12",
        "adaptive-thinking-2026-01-28",
        "advanced-tool-use-2025-11-20",
        "effort-2025-11-24",
        "claude-code-side-query-2026-09-29",
        "timing-2026-09-09",
        "token-counting-2024-11-01",
        "cache-diagnosis-2026-04-07",
        "context-hint-2026-04-09",
        "prompt-caching-scope-2026-01-05",
        "prompt-caching-evict-2026-05-12",
        "cache-keepalive-2026-09-03",
        // By an option: betas, promptCachingTTL, jsonSchema, permissionMode auto; fast answers have a member of their own, which a cap of
        // cost refuses.
        LongContext,
        "extended-cache-ttl-2025-04-11",
        "structured-outputs-2025-12-15",
        "structured-outputs-2025-11-13",
        "afk-mode-2026-01-31",
        "dangerous-tool-use-2026-09-03",
        "auto-mode-classifier-2026-07-16",
        "task-budgets-2026-03-13",
        "fast-mode-2026-02-01",
        // By older versions.
        "fine-grained-tool-streaming-2025-05-14",
        "token-efficient-tools-2025-02-19",
        "token-efficient-tools-2026-03-28",
        "prompt-caching-2024-07-31",
        "output-128k-2025-02-19",
        "tool-examples-2025-10-29",
        "oauth-2025-04-20",
    ];

    private static readonly Dictionary<string, string[]> BetasOfServerTools = new()
    {
        ["web_search"] = ["web-search-2025-03-05", "web-search-results-only-2026-11-15"],
        ["web_fetch"] = ["web-fetch-2025-09-10"],
        ["code_execution"] = ["code-execution-2025-05-22", "code-execution-2025-08-25"],
        ["mcp_servers"] = ["mcp-client-2025-04-04", "mcp-client-2025-11-20", "mcp-servers-2025-12-04"],
        ["container"] = ["skills-2025-10-02"],
        ["advisor"] = ["advisor-tool-2026-03-01"],
        ["tool_search_tool_regex"] = ["tool-search-tool-2025-10-19"],
        ["tool_search_tool_bm25"] = ["tool-search-tool-2025-10-19"],
    };

    private readonly HashSet<string> _serverTools = [.. serverTools];
    private readonly HashSet<string> _ownBetas = [.. betas];

    /// <summary>The rules without a tool at the provider, and without a beta beyond those that every run may ask for.</summary>
    public static RequestRules Default { get; } = new([], []);

    /// <summary>A tool's name without the date of its version, by which the operator allows it.</summary>
    public static string Family(string toolType) => toolType == "mcp_toolset" ? "mcp_servers" : Version().Replace(toolType, "");

    /// <summary>Whether the operator allows a tool that runs at the provider, or what goes with it.</summary>
    public bool AllowsServerTool(string name) => _serverTools.Contains(name);

    /// <summary>Whether a tool of this type is the agent's own to run.</summary>
    public static bool IsClientTool(string toolType) => ClientTools.Contains(Family(toolType));

    /// <summary>Whether a member of the body may go out.</summary>
    public bool AllowsMember(string name) => Members.Contains(name) || (name is "mcp_servers" or "container" && AllowsServerTool(name));

    /// <summary>Whether a block of content may go out.</summary>
    public bool AllowsBlock(string type) =>
        Blocks.Contains(type)
        || (
            IsServerBlock(type)
            && type switch
            {
                "container_upload" => AllowsServerTool("container"),
                "mcp_tool_use" or "mcp_tool_result" => AllowsServerTool("mcp_servers"),
                _ => _serverTools.Count > 0,
            }
        );

    /// <summary>Whether a block is of a tool that ran at the provider.</summary>
    public static bool IsServerBlock(string type) =>
        ServerBlocks.Contains(type) || type is "container_upload" or "mcp_tool_use" or "mcp_tool_result";

    /// <summary>
    /// Whether an edit of the context only drops something. One that summarises would be a second request of the same size.
    /// </summary>
    public static bool AllowsEdit(string type) => Family(type) is "clear_thinking" or "clear_tool_uses";

    /// <summary>Whether a beta may be asked for.</summary>
    public bool AllowsBeta(string beta) =>
        Betas.Contains(beta)
        || _ownBetas.Contains(beta)
        || _serverTools.Any(tool => BetasOfServerTools.TryGetValue(tool, out var own) && own.Contains(beta));

    // As in web_search_20250305.
    [GeneratedRegex(@"_2\d{7}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Version();
}
