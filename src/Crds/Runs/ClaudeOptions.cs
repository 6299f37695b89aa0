using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// How to run the Claude Code CLI. A field that the CLI of the run's node does not know ends the run with InvalidSpec before anything is
/// spent.
/// </summary>
[CelRule(
    "!has(self.replayUserMessages) || !self.replayUserMessages || (has(self.inputFormat) && self.inputFormat == 'stream-json')",
    "{path}.replayUserMessages " + Sentences.ReplayNeedsStream,
    Field = "replayUserMessages"
)]
[CelRule("!has(self.resume) || !self.resume || has(self.sessionID)", "{path}.resume " + Sentences.ResumeNeedsID, Field = "resume")]
[CelRule(
    "!has(self.continue) || !self.continue || !has(self.resume) || !self.resume",
    "{path}.continue " + Sentences.ContinueOrResume,
    Field = "continue"
)]
[CelRule(
    "!has(self.continue) || !self.continue || !has(self.sessionID) || (has(self.resume) && self.resume) || (has(self.forkSession) && self.forkSession)",
    "{path}.continue " + Sentences.ContinueTakesNoID,
    Field = "continue"
)]
[CelRule(
    "!has(self.forkSession) || !self.forkSession || (has(self.resume) && self.resume) || (has(self.continue) && self.continue)",
    "{path}.forkSession " + Sentences.ForkNeedsConversation,
    Field = "forkSession"
)]
public sealed record ClaudeOptions
{
    /// <summary>Model to use: an alias such as sonnet, or a full name. The CLI's own choice when absent.</summary>
    [TextLength(1, RunLimits.ModelName)]
    [Pattern(Patterns.ModelName, Sentences.ModelName)]
    public string? Model { get; init; }

    /// <summary>
    /// Model to use while the first one is overloaded; later versions of the CLI take several, with commas, tried in order. None when
    /// absent.
    /// </summary>
    [TextLength(1, RunLimits.ModelName)]
    [Pattern(Patterns.ModelNames, Sentences.ModelNames)]
    public string? FallbackModel { get; init; }

    /// <summary>How hard the model thinks. The CLI's own choice when absent.</summary>
    [OneOf(ClaudeChoices.Low, ClaudeChoices.Medium, ClaudeChoices.High, ClaudeChoices.XHigh, ClaudeChoices.Max)]
    public string? Effort { get; init; }

    /// <summary>Replaces the CLI's system prompt. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.NoNul, Sentences.NoNul, Discreet = true)]
    public string? SystemPrompt { get; init; }

    /// <summary>Is added to the end of the system prompt. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.NoNul, Sentences.NoNul, Discreet = true)]
    public string? AppendSystemPrompt { get; init; }

    /// <summary>The CLI's own tools that there are, such as Bash and Read; an empty list means none of them. All when absent.</summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.ToolName, Sentences.ToolName)]
    public List<string>? Tools { get; init; }

    /// <summary>Tools that may be used without asking, such as Read or Bash(git log:*).</summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.Tool, Sentences.Tool)]
    public List<string>? AllowedTools { get; init; }

    /// <summary>Tools that may not be used, such as WebFetch or Bash(rm:*).</summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.Tool, Sentences.Tool)]
    public List<string>? DisallowedTools { get; init; }

    /// <summary>
    /// What the CLI does when a tool needs permission; nobody is there to be asked, so what is not allowed is denied. The CLI's own choice
    /// (default) when absent.
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
    /// True lets every tool run without asking. The container is what holds the agent then, as it always is. False when absent.
    /// </summary>
    public bool? DangerouslySkipPermissions { get; init; }

    /// <summary>True lets the conversation change to running every tool without asking, without beginning so. False when absent.</summary>
    public bool? AllowDangerouslySkipPermissions { get; init; }

    /// <summary>
    /// True puts pieces of messages into the output as they arrive: into the log, and into a result of the format stream-json. False when
    /// absent.
    /// </summary>
    public bool? IncludePartialMessages { get; init; }

    /// <summary>True repeats the user's messages in the output. Needs inputFormat: stream-json. False when absent.</summary>
    public bool? ReplayUserMessages { get; init; }

    /// <summary>
    /// US dollars, as a decimal number in quotes, after which the CLI stops by its own count and the run ends with BudgetExceeded:
    /// "0.0015". Unlimited when absent.
    /// </summary>
    [TextLength(1, RunLimits.DollarsLength)]
    [Pattern(Patterns.Dollars, Sentences.Dollars)]
    public string? MaxBudgetUSD { get; init; }

    /// <summary>Ends the run with MaxTurnsReached after this many turns. Unlimited when absent.</summary>
    [Bounds(1, RunLimits.Turns)]
    public int? MaxTurns { get; init; }

    /// <summary>
    /// MCP servers: each a JSON object with mcpServers, as text, or the absolute path of a file in the container that holds one.
    /// </summary>
    [Items(RunLimits.McpConfigs, TextMin = 1, TextMax = RunLimits.McpConfigLength)]
    [Pattern(Patterns.JsonObjectOrPath, Sentences.JsonObjectOrPath, Discreet = true)]
    public List<string>? McpConfigs { get; init; }

    /// <summary>True uses only the MCP servers of mcpConfigs. False when absent.</summary>
    public bool? StrictMcpConfig { get; init; }

    /// <summary>
    /// Name of the agent, one of agents or of the CLI's own, that leads the conversation. The CLI's main one when absent.
    /// </summary>
    [TextLength(1, RunLimits.AgentName)]
    [Pattern(Patterns.AgentName, Sentences.AgentName)]
    public string? Agent { get; init; }

    /// <summary>
    /// Agents of your own: a JSON object as text, with a name for each key and an object with description and prompt for each value. At
    /// most 64 KiB of UTF-8.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObject, Sentences.JsonObject, Discreet = true)]
    public string? Agents { get; init; }

    /// <summary>Further directories that the tools may use; absolute paths in the container.</summary>
    [Items(RunLimits.Directories, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.AbsolutePath, Sentences.AbsolutePath)]
    public List<string>? AddDirs { get; init; }

    /// <summary>Directories of plugins; absolute paths in the container.</summary>
    [Items(RunLimits.Directories, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.AbsolutePath, Sentences.AbsolutePath)]
    public List<string>? PluginDirs { get; init; }

    /// <summary>
    /// Settings of the CLI: a JSON object as text, or the absolute path of a file in the container that holds one. At most 64 KiB of UTF-8.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObjectOrPath, Sentences.JsonObjectOrPath, Discreet = true)]
    public string? Settings { get; init; }

    /// <summary>Which files of settings the CLI reads; an empty list means none. All when absent.</summary>
    [Items(RunLimits.SettingSources, TextMax = RunLimits.ToolLength)]
    [OneOf(ClaudeChoices.User, ClaudeChoices.Project, ClaudeChoices.Local)]
    public List<string>? SettingSources { get; init; }

    /// <summary>Beta features of the model's API that its requests ask for.</summary>
    [Items(RunLimits.Betas, TextMin = 1, TextMax = RunLimits.BetaLength)]
    [Pattern(Patterns.Beta, Sentences.Beta)]
    public List<string>? Betas { get; init; }

    /// <summary>
    /// True makes a result of the format json hold every message of the run, as a list, and not only the last. False when absent.
    /// </summary>
    public bool? Verbose { get; init; }

    /// <summary>
    /// What the CLI tells of its own work in the run's log: true for everything, or categories such as api,hooks or !file. Nothing when
    /// absent.
    /// </summary>
    [TextLength(1, RunLimits.DebugLength)]
    [Pattern(Patterns.DebugFilter, Sentences.DebugFilter)]
    public string? Debug { get; init; }

    /// <summary>True turns all skills and slash commands off. False when absent.</summary>
    public bool? DisableSlashCommands { get; init; }

    /// <summary>True keeps the conversation out of the agent's HOME. False when absent.</summary>
    public bool? NoPersistence { get; init; }

    /// <summary>
    /// JSON Schema, as text, that the agent's structured result follows; it is in status.result.structured. At most 64 KiB of UTF-8.
    /// Instead of output.jsonSchema.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObject, Sentences.JsonObject, Discreet = true)]
    public string? JsonSchema { get; init; }

    /// <summary>How long the model's provider keeps cached parts of the conversation: 5m or 1h. The CLI's own choice when absent.</summary>
    [OneOf(ClaudeChoices.FiveMinutes, ClaudeChoices.OneHour)]
    public string? PromptCachingTTL { get; init; }

    /// <summary>Service tier of requests to Amazon Bedrock. The provider's default when absent.</summary>
    [OneOf(ClaudeChoices.Default, ClaudeChoices.Flex, ClaudeChoices.Priority)]
    public string? BedrockServiceTier { get; init; }

    /// <summary>True gives the CLI its tool for PowerShell, if the image has pwsh. False when absent.</summary>
    public bool? EnablePowershellTool { get; init; }

    /// <summary>
    /// What the prompt is: text, or with stream-json a message of the user as a JSON object on each line. Text when absent.
    /// </summary>
    [OneOf(ClaudeChoices.Text, ClaudeChoices.StreamJson)]
    public string? InputFormat { get; init; }

    /// <summary>
    /// What status.result.text holds: with text what the agent said at last, with json the CLI's account of the run, with stream-json
    /// everything that it told, one JSON object on each line. Text when absent.
    /// </summary>
    [OneOf(ClaudeChoices.Text, ClaudeChoices.Json, ClaudeChoices.StreamJson)]
    public string? OutputFormat { get; init; }

    /// <summary>
    /// Id of the conversation, a UUID in lower case: of the new one, or of the one that resume names. The run's UID when absent.
    /// </summary>
    [TextLength(1, RunLimits.UuidLength)]
    [Pattern(Patterns.Uuid, Sentences.Uuid)]
    public string? SessionID { get; init; }

    /// <summary>
    /// True goes on with the conversation sessionID. It must be in the agent's HOME, which is empty when a run begins: else the run ends
    /// with SessionLost before the model is asked anything. False when absent.
    /// </summary>
    public bool? Resume { get; init; }

    /// <summary>
    /// True goes on with the latest conversation of the working directory that is in the agent's HOME, and begins a new one if there is
    /// none; status.sessionID says which. False when absent.
    /// </summary>
    public bool? Continue { get; init; }

    /// <summary>
    /// True leaves the conversation that resume or continue names as it is, and goes on with a copy. The copy's id is the run's UID; with
    /// continue it may be sessionID. False when absent.
    /// </summary>
    public bool? ForkSession { get; init; }

    /// <summary>
    /// Files of the model provider's Files API that the CLI downloads at its start, each as its id, a colon and a path relative to workdir:
    /// file_abc:docs/plan.md. The CLI downloads only with a token of the provider's own cloud, which no run has, and the model gateway has
    /// no way to the Files API: until it has one, a run with files ends with AgentError before the model is asked anything.
    /// </summary>
    [Items(RunLimits.Files, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.FileSpec, Sentences.FileSpec)]
    public List<string>? Files { get; init; }

    /// <summary>
    /// Further options of the CLI, each in one text with its value: --name=value. None that has a field of its own, nor one that drives the
    /// CLI, is taken. Needs an operator that allows them (--allow-extra-args); the run ends with PolicyDenied else.
    /// </summary>
    [Items(RunLimits.ExtraArguments, TextMin = 3, TextMax = RunLimits.ExtraArgumentLength)]
    [Pattern(Patterns.ExtraArgument, Sentences.ExtraArgument)]
    [CelRule("!self.exists(arg, arg.matches(r'" + Patterns.OwnedArgument + "'))", "{path} " + Sentences.OwnedArgument)]
    public List<string>? ExtraArgs { get; init; }
}
