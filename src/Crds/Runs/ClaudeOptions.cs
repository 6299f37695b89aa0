using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>How to run the Claude Code CLI.</summary>
public sealed record ClaudeOptions
{
    /// <summary>The permission modes that some version of the CLI knows; a version without one ends the run with its own words.</summary>
    internal static readonly string[] PermissionModes = ["acceptEdits", "auto", "bypassPermissions", "default", "delegate", "dontAsk", "manual", "plan"];

    /// <summary>Model to use: an alias such as sonnet, or a full name. The CLI's own choice when absent.</summary>
    [TextLength(1, RunLimits.ModelName)]
    [Pattern(Patterns.ModelName, Sentences.ModelName)]
    public string? Model { get; init; }

    /// <summary>Replaces the CLI's system prompt. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.NoNul, Sentences.NoNul)]
    public string? SystemPrompt { get; init; }

    /// <summary>Is added to the end of the system prompt. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.NoNul, Sentences.NoNul)]
    public string? AppendSystemPrompt { get; init; }

    /// <summary>Tools that may be used without asking, such as Read or Bash(git log:*).</summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.Tool, Sentences.Tool)]
    public List<string>? AllowedTools { get; init; }

    /// <summary>Tools that may not be used, such as WebFetch or Bash(rm:*).</summary>
    [Items(RunLimits.Tools, TextMin = 1, TextMax = RunLimits.ToolLength)]
    [Pattern(Patterns.Tool, Sentences.Tool)]
    public List<string>? DisallowedTools { get; init; }

    /// <summary>
    /// What the CLI does when a tool needs permission; nobody is there to be asked, so what is not allowed is denied. The CLI's own choice (default) when absent.
    /// </summary>
    [OneOf("acceptEdits", "auto", "bypassPermissions", "default", "delegate", "dontAsk", "manual", "plan")]
    public string? PermissionMode { get; init; }

    /// <summary>True lets every tool run without asking. The container is what holds the agent then, as it always is. False when absent.</summary>
    public bool? DangerouslySkipPermissions { get; init; }

    /// <summary>Ends the run with MaxTurnsReached after this many turns. Unlimited when absent.</summary>
    [Bounds(1, RunLimits.Turns)]
    public int? MaxTurns { get; init; }
}
