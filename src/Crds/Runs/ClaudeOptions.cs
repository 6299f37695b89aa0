using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// The options of the Claude Code CLI. If the CLI of the run's node does not know an option that is set, the run ends with InvalidSpec
/// before the model is called.
/// </summary>
[CelRule(
    "!has(self.replayUserMessages) || !self.replayUserMessages || (has(self.inputFormat) && self.inputFormat == 'stream-json')",
    "{path}.replayUserMessages " + Messages.ReplayNeedsStream,
    Field = "replayUserMessages"
)]
[CelRule("!has(self.resume) || !self.resume || has(self.sessionID)", "{path}.resume " + Messages.ResumeNeedsID, Field = "resume")]
[CelRule(
    "!has(self.continue) || !self.continue || !has(self.resume) || !self.resume",
    "{path}.continue " + Messages.ContinueOrResume,
    Field = "continue"
)]
[CelRule(
    "!has(self.continue) || !self.continue || !has(self.sessionID) || (has(self.resume) && self.resume) || "
        + "(has(self.forkSession) && self.forkSession)",
    "{path}.continue " + Messages.ContinueTakesNoID,
    Field = "continue"
)]
[CelRule(
    "!has(self.forkSession) || !self.forkSession || (has(self.resume) && self.resume) || (has(self.continue) && self.continue)",
    "{path}.forkSession " + Messages.ForkNeedsConversation,
    Field = "forkSession"
)]
public sealed record ClaudeOptions
{
    /// <summary>model is the model to use: an alias such as sonnet, or a full name. If unset, the CLI chooses.</summary>
    [TextLength(1, RunLimits.ModelName)]
    [Pattern(Patterns.ModelName, Messages.ModelName)]
    public string? Model { get; init; }

    /// <summary>
    /// fallbackModel is the model to use while the first one is overloaded. Later versions of the CLI accept a comma-separated list, which
    /// is tried in order. If unset, there is no fallback.
    /// </summary>
    [TextLength(1, RunLimits.ModelName)]
    [Pattern(Patterns.ModelNames, Messages.ModelNames)]
    public string? FallbackModel { get; init; }

    /// <summary>effort is how much the model thinks. If unset, the CLI chooses.</summary>
    [OneOf(ClaudeChoices.Low, ClaudeChoices.Medium, ClaudeChoices.High, ClaudeChoices.XHigh, ClaudeChoices.Max)]
    public string? Effort { get; init; }

    /// <summary>systemPrompt replaces the CLI's system prompt. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.NoNul, Messages.NoNul, Sensitive = true)]
    public string? SystemPrompt { get; init; }

    /// <summary>appendSystemPrompt is appended to the system prompt. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.NoNul, Messages.NoNul, Sensitive = true)]
    public string? AppendSystemPrompt { get; init; }

    /// <summary>
    /// tools lists the built-in tools to make available, such as Bash and Read. An empty list makes none available. If unset, all are
    /// available.
    /// </summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.ToolName, Messages.ToolName)]
    public List<string>? Tools { get; init; }

    /// <summary>
    /// allowedTools lists the tools that the agent can use without asking for permission, such as Read or Bash(git log:*).
    /// </summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.Tool, Messages.Tool)]
    public List<string>? AllowedTools { get; init; }

    /// <summary>disallowedTools lists the tools that the agent must not use, such as WebFetch or Bash(rm:*).</summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.Tool, Messages.Tool)]
    public List<string>? DisallowedTools { get; init; }

    /// <summary>
    /// permissionMode is how the CLI handles a tool that needs permission. Nobody can answer during a run, so a tool that is not allowed is
    /// denied. If unset, the CLI uses its default mode.
    /// </summary>
    [OneOf(
        ClaudeChoices.AcceptEdits,
        ClaudeChoices.Auto,
        ClaudeChoices.BypassPermissions,
        ClaudeChoices.Default,
        ClaudeChoices.Delegate,
        ClaudeChoices.DontAsk,
        ClaudeChoices.Manual,
        ClaudeChoices.Plan
    )]
    public string? PermissionMode { get; init; }

    /// <summary>
    /// dangerouslySkipPermissions, if true, lets the agent use every tool without asking. The container alone then confines the agent, as
    /// it always does. Defaults to false.
    /// </summary>
    public bool? DangerouslySkipPermissions { get; init; }

    /// <summary>
    /// allowDangerouslySkipPermissions, if true, lets the conversation switch to using every tool without asking, but does not start that
    /// way. Defaults to false.
    /// </summary>
    public bool? AllowDangerouslySkipPermissions { get; init; }

    /// <summary>
    /// includePartialMessages, if true, writes parts of messages to the log as they arrive, and to the result if outputFormat is
    /// stream-json. Defaults to false.
    /// </summary>
    public bool? IncludePartialMessages { get; init; }

    /// <summary>
    /// replayUserMessages, if true, repeats the user's messages in the output. Requires inputFormat: stream-json. Defaults to false.
    /// </summary>
    public bool? ReplayUserMessages { get; init; }

    /// <summary>
    /// maxBudgetUSD is the cost in US dollars, by the CLI's own count, at which the CLI stops and the run ends with BudgetExceeded. It is a
    /// quoted decimal number such as "0.0015". If unset, the CLI does not limit the cost.
    /// </summary>
    [TextLength(1, RunLimits.DollarsLength)]
    [Pattern(Patterns.Dollars, Messages.Dollars)]
    public string? MaxBudgetUSD { get; init; }

    /// <summary>
    /// maxTurns is the number of turns after which the run ends with MaxTurnsReached. If unset, the number is not limited.
    /// </summary>
    [Bounds(1, RunLimits.Turns)]
    public int? MaxTurns { get; init; }

    /// <summary>
    /// mcpConfigs lists configurations of MCP servers. Each is a JSON object with mcpServers, as a string, or the absolute path of a file
    /// in the container that contains one.
    /// </summary>
    [Items(RunLimits.McpConfigs, TextMin = 1, TextMax = RunLimits.McpConfigLength)]
    [Pattern(Patterns.JsonObjectOrPath, Messages.JsonObjectOrPath, Sensitive = true)]
    public List<string>? McpConfigs { get; init; }

    /// <summary>strictMcpConfig, if true, uses only the MCP servers of mcpConfigs. Defaults to false.</summary>
    public bool? StrictMcpConfig { get; init; }

    /// <summary>
    /// agent is the name of the agent that leads the conversation: one of agents, or one that the CLI provides. If unset, the CLI's main
    /// agent leads it.
    /// </summary>
    [TextLength(1, RunLimits.AgentName)]
    [Pattern(Patterns.AgentName, Messages.AgentName)]
    public string? Agent { get; init; }

    /// <summary>
    /// agents defines custom agents: a JSON object, as a string, that maps each name to an object with description and prompt. At most 64
    /// KiB of UTF-8.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObject, Messages.JsonObject, Sensitive = true)]
    public string? Agents { get; init; }

    /// <summary>addDirs lists additional directories that the tools can access, as absolute paths in the container.</summary>
    [Items(RunLimits.Directories, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.AbsolutePath, Messages.AbsolutePath)]
    public List<string>? AddDirs { get; init; }

    /// <summary>pluginDirs lists directories of plugins, as absolute paths in the container.</summary>
    [Items(RunLimits.Directories, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.AbsolutePath, Messages.AbsolutePath)]
    public List<string>? PluginDirs { get; init; }

    /// <summary>
    /// settings configures the CLI: a JSON object, as a string, or the absolute path of a file in the container that contains one. At most
    /// 64 KiB of UTF-8.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObjectOrPath, Messages.JsonObjectOrPath, Sensitive = true)]
    public string? Settings { get; init; }

    /// <summary>settingSources lists the settings files that the CLI reads. An empty list reads none. If unset, it reads all.</summary>
    [Items(RunLimits.SettingSources, TextMax = RunLimits.ToolLength)]
    [OneOf(ClaudeChoices.User, ClaudeChoices.Project, ClaudeChoices.Local)]
    public List<string>? SettingSources { get; init; }

    /// <summary>betas lists the beta features that requests to the model's API ask for.</summary>
    [Items(RunLimits.Betas, TextMin = 1, TextMax = RunLimits.BetaLength)]
    [Pattern(Patterns.Beta, Messages.Beta)]
    public List<string>? Betas { get; init; }

    /// <summary>
    /// verbose, if true, makes a result with outputFormat json a list of all messages of the run instead of only the last. Defaults to
    /// false.
    /// </summary>
    public bool? Verbose { get; init; }

    /// <summary>
    /// debug selects the debug output that the CLI writes to the run's log: true for everything, or categories such as api,hooks or !file.
    /// If unset, it writes none.
    /// </summary>
    [TextLength(1, RunLimits.DebugLength)]
    [Pattern(Patterns.DebugFilter, Messages.DebugFilter)]
    public string? Debug { get; init; }

    /// <summary>disableSlashCommands, if true, disables all skills and slash commands. Defaults to false.</summary>
    public bool? DisableSlashCommands { get; init; }

    /// <summary>noPersistence, if true, does not save the conversation in the agent's HOME. Defaults to false.</summary>
    public bool? NoPersistence { get; init; }

    /// <summary>
    /// jsonSchema is a JSON Schema, as a string, for the structured result in status.result.structured. At most 64 KiB of UTF-8. Must not
    /// be combined with output.jsonSchema.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObject, Messages.JsonObject, Sensitive = true)]
    public string? JsonSchema { get; init; }

    /// <summary>
    /// promptCachingTTL is how long the model provider caches parts of the conversation: 5m or 1h. If unset, the CLI chooses.
    /// </summary>
    [OneOf(ClaudeChoices.FiveMinutes, ClaudeChoices.OneHour)]
    public string? PromptCachingTTL { get; init; }

    /// <summary>bedrockServiceTier is the service tier of requests to Amazon Bedrock. If unset, the provider's default is used.</summary>
    [OneOf(ClaudeChoices.Default, ClaudeChoices.Flex, ClaudeChoices.Priority)]
    public string? BedrockServiceTier { get; init; }

    /// <summary>
    /// enablePowershellTool, if true, enables the PowerShell tool of the CLI. The image must contain pwsh. Defaults to false.
    /// </summary>
    public bool? EnablePowershellTool { get; init; }

    /// <summary>
    /// inputFormat is the format of the prompt: text, or stream-json for one user message per line, each a JSON object. Defaults to text.
    /// </summary>
    [OneOf(ClaudeChoices.Text, ClaudeChoices.StreamJson)]
    public string? InputFormat { get; init; }

    /// <summary>
    /// outputFormat is what status.result.text contains. text is the agent's last message. json is the CLI's summary of the run.
    /// stream-json is every event, one JSON object per line. Defaults to text.
    /// </summary>
    [OneOf(ClaudeChoices.Text, ClaudeChoices.Json, ClaudeChoices.StreamJson)]
    public string? OutputFormat { get; init; }

    /// <summary>
    /// sessionID is the ID of the conversation to start or, with resume, to continue: a UUID in lower case. If unset, it is the UID of the
    /// run.
    /// </summary>
    [TextLength(1, RunLimits.UuidLength)]
    [Pattern(Patterns.Uuid, Messages.Uuid)]
    public string? SessionID { get; init; }

    /// <summary>
    /// resume, if true, continues the conversation that sessionID names. The conversation must be in the agent's HOME, which is empty when
    /// a run starts; otherwise the run ends with SessionLost before the model is called. Defaults to false.
    /// </summary>
    public bool? Resume { get; init; }

    /// <summary>
    /// continue, if true, continues the most recent conversation of the working directory in the agent's HOME, or starts one if there is
    /// none. status.sessionID then has its ID. Defaults to false.
    /// </summary>
    public bool? Continue { get; init; }

    /// <summary>
    /// forkSession, if true, continues a copy of the conversation that resume or continue selects and leaves the original unchanged. The ID
    /// of the copy is the UID of the run or, with continue, sessionID if that is set. Defaults to false.
    /// </summary>
    public bool? ForkSession { get; init; }

    /// <summary>
    /// files lists files that the CLI downloads from the model provider's Files API at its start. Each entry is a file ID, a colon and a
    /// path relative to workdir, such as file_abc:docs/plan.md. Not supported yet: the CLI needs a token of the provider's own cloud, and
    /// the model gateway does not forward requests to the Files API. A run with files ends with AgentError before the model is called.
    /// </summary>
    [Items(RunLimits.Files, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.FileSpec, Messages.FileSpec)]
    public List<string>? Files { get; init; }

    /// <summary>
    /// extraArgs lists additional options of the CLI, each with its value in one string, such as --name=value. An option that has its own
    /// field or that controls the CLI is refused. The operator must be started with --allow-extra-args; otherwise the run ends with
    /// PolicyDenied.
    /// </summary>
    [Items(RunLimits.ExtraArguments, TextMin = 3, TextMax = RunLimits.ExtraArgumentLength)]
    [Pattern(Patterns.ExtraArgument, Messages.ExtraArgument)]
    [CelRule("!self.exists(arg, arg.matches(r'" + Patterns.OwnedArgument + "'))", "{path} " + Messages.OwnedArgument)]
    public List<string>? ExtraArgs { get; init; }
}
