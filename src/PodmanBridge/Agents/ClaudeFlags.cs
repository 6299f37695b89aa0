using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Which version of the CLI knows which option. With it a run is refused before it spends anything, and the refusal names the field. These
/// versions were examined: 2.0.0, 2.0.28, 2.0.45, 2.0.60, 2.0.77, 2.1.50, 2.1.80, 2.1.112, 2.1.329. If the CLI's own change log names the
/// release that added an option, that release is listed here; otherwise the first version in which the option was seen.
/// </summary>
internal static class ClaudeFlags
{
    private static readonly Version First = new(2, 0, 0);

    /// <summary>Every option. A test checks that no field of <see cref="ClaudeOptions"/> is missing.</summary>
    internal static readonly IReadOnlyList<ClaudeFlag> All =
    [
        Always(nameof(ClaudeOptions.Model), o => o.Model is not null),
        Always(nameof(ClaudeOptions.FallbackModel), o => o.FallbackModel is not null),
        From(new(2, 1, 50), nameof(ClaudeOptions.Effort), o => o.Effort is not null),
        From(new(2, 1, 80), nameof(ClaudeOptions.Effort), o => o.Effort == ClaudeChoices.Max, ClaudeChoices.Max),
        From(new(2, 1, 111), nameof(ClaudeOptions.Effort), o => o.Effort == ClaudeChoices.XHigh, ClaudeChoices.XHigh),
        Always(nameof(ClaudeOptions.SystemPrompt), o => o.SystemPrompt is not null),
        Always(nameof(ClaudeOptions.AppendSystemPrompt), o => o.AppendSystemPrompt is not null),
        From(new(2, 0, 45), nameof(ClaudeOptions.Tools), o => o.Tools is not null),
        Always(nameof(ClaudeOptions.AllowedTools), o => o.AllowedTools is not null),
        Always(nameof(ClaudeOptions.DisallowedTools), o => o.DisallowedTools is not null),
        Always(nameof(ClaudeOptions.PermissionMode), o => o.PermissionMode is not null),
        From(new(2, 0, 45), nameof(ClaudeOptions.PermissionMode), o => o.PermissionMode == ClaudeChoices.DontAsk, ClaudeChoices.DontAsk),
        From(
            new(2, 0, 77),
            nameof(ClaudeOptions.PermissionMode),
            o => o.PermissionMode == ClaudeChoices.Delegate,
            ClaudeChoices.Delegate,
            until: new(2, 1, 50)
        ),
        From(new(2, 1, 80), nameof(ClaudeOptions.PermissionMode), o => o.PermissionMode == ClaudeChoices.Auto, ClaudeChoices.Auto),
        From(new(2, 1, 200), nameof(ClaudeOptions.PermissionMode), o => o.PermissionMode == ClaudeChoices.Manual, ClaudeChoices.Manual),
        Always(nameof(ClaudeOptions.DangerouslySkipPermissions), o => o.DangerouslySkipPermissions == true),
        From(new(2, 0, 28), nameof(ClaudeOptions.AllowDangerouslySkipPermissions), o => o.AllowDangerouslySkipPermissions == true),
        Always(nameof(ClaudeOptions.IncludePartialMessages), o => o.IncludePartialMessages == true),
        Always(nameof(ClaudeOptions.ReplayUserMessages), o => o.ReplayUserMessages == true),
        From(new(2, 0, 28), nameof(ClaudeOptions.MaxBudgetUSD), o => o.MaxBudgetUSD is not null),
        Always(nameof(ClaudeOptions.MaxTurns), o => o.MaxTurns is not null),
        Always(nameof(ClaudeOptions.McpConfigs), o => o.McpConfigs is not null),
        Always(nameof(ClaudeOptions.StrictMcpConfig), o => o.StrictMcpConfig == true),
        From(new(2, 0, 59), nameof(ClaudeOptions.Agent), o => o.Agent is not null),
        Always(nameof(ClaudeOptions.Agents), o => o.Agents is not null),
        Always(nameof(ClaudeOptions.AddDirs), o => o.AddDirs is not null),
        From(new(2, 0, 28), nameof(ClaudeOptions.PluginDirs), o => o.PluginDirs is not null),
        Always(nameof(ClaudeOptions.Settings), o => o.Settings is not null),
        Always(nameof(ClaudeOptions.SettingSources), o => o.SettingSources is not null),
        From(new(2, 0, 60), nameof(ClaudeOptions.Betas), o => o.Betas is not null),
        Always(nameof(ClaudeOptions.Verbose), o => o.Verbose is not null),
        Always(nameof(ClaudeOptions.Debug), o => o.Debug is not null),
        From(new(2, 0, 60), nameof(ClaudeOptions.DisableSlashCommands), o => o.DisableSlashCommands == true),
        From(new(2, 0, 77), nameof(ClaudeOptions.NoPersistence), o => o.NoPersistence == true),
        From(new(2, 0, 45), nameof(ClaudeOptions.JsonSchema), o => o.JsonSchema is not null),
        // These options are variables: an older version would ignore them silently.
        From(new(2, 1, 108), nameof(ClaudeOptions.PromptCachingTTL), o => o.PromptCachingTTL is not null),
        From(new(2, 1, 122), nameof(ClaudeOptions.BedrockServiceTier), o => o.BedrockServiceTier is not null),
        From(new(2, 1, 111), nameof(ClaudeOptions.EnablePowershellTool), o => o.EnablePowershellTool == true),
        Always(nameof(ClaudeOptions.InputFormat), o => o.InputFormat is not null),
        Always(nameof(ClaudeOptions.OutputFormat), o => o.OutputFormat is not null),
        Always(nameof(ClaudeOptions.SessionID), o => o.SessionID is not null),
        Always(nameof(ClaudeOptions.Resume), o => o.Resume == true),
        Always(nameof(ClaudeOptions.Continue), o => o.Continue == true),
        // The option is older, but before this version a copy does not accept an id from us.
        From(new(2, 0, 73), nameof(ClaudeOptions.ForkSession), o => o.ForkSession == true),
        From(new(2, 1, 50), nameof(ClaudeOptions.Files), o => o.Files is [_, ..]),
        // Only the CLI knows the values of this option, and it rejects a wrong one itself.
        Always(nameof(ClaudeOptions.ExtraArgs), o => o.ExtraArgs is [_, ..]),
    ];

    /// <summary>
    /// One sentence about the first option that this version of the CLI does not know; null if it knows all of them, or if its version is
    /// unknown.
    /// </summary>
    /// <param name="options">The options of a run.</param>
    /// <param name="version">
    /// The version of the node's CLI, such as <c>2.1.329</c>; null if the version could not be determined. The CLI then rejects unknown
    /// options itself.
    /// </param>
    public static string? Unknown(ClaudeOptions options, string? version)
    {
        if (!Version.TryParse(version, out var cli))
        {
            return null;
        }

        return All.FirstOrDefault(flag => flag.IsUsed(options) && !flag.IsKnownTo(cli)) is { } unknown ? Sentence(unknown, cli) : null;
    }

    private static string Sentence(ClaudeFlag flag, Version cli)
    {
        var field =
            "spec.agent.claude."
            + (flag.Field == nameof(ClaudeOptions.JsonSchema) ? "jsonSchema (or spec.output.jsonSchema)" : JsonName(flag.Field));
        var what = flag.Value is null ? field : $"{field}: {flag.Value}";
        var when = cli < flag.Since ? $"it is known from {flag.Since} on" : $"it is not known any more from {flag.Until} on";
        return $"{what} cannot be used with the node's Claude Code {cli}: {when}.";
    }

    private static string JsonName(string field) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(field);

    private static ClaudeFlag Always(string field, Func<ClaudeOptions, bool> isUsed) => new(field, isUsed, First, Value: null, Until: null);

    private static ClaudeFlag From(
        Version since,
        string field,
        Func<ClaudeOptions, bool> isUsed,
        string? value = null,
        Version? until = null
    ) => new(field, isUsed, since, value, until);
}

/// <summary>An option of the CLI, or one value of it.</summary>
/// <param name="Field">The member of <see cref="ClaudeOptions"/>.</param>
/// <param name="IsUsed">Whether the given options use it.</param>
/// <param name="Since">The first version that knows it.</param>
/// <param name="Value">The value, if this entry is about one value; null if it is about the whole option.</param>
/// <param name="Until">The first version that no longer knows it; null if none is known.</param>
internal sealed record ClaudeFlag(string Field, Func<ClaudeOptions, bool> IsUsed, Version Since, string? Value, Version? Until)
{
    /// <summary>Whether a version of the CLI knows it.</summary>
    public bool IsKnownTo(Version cli) => cli >= Since && (Until is null || cli < Until);
}
