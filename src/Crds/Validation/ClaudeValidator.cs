using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of the CLI's options in code, and those that CEL cannot express: whether a text is valid JSON.</summary>
internal static class ClaudeValidator
{
    private const string Field = "spec.agent.claude";

    internal static void Check(FieldChecks checks, ClaudeOptions? claude)
    {
        if (claude is null)
        {
            return;
        }

        Model(checks, claude);
        Prompts(checks, claude);
        Tools(checks, claude);
        Extensions(checks, claude);
        Texts(checks, claude);
        Conversation(checks, claude);
        checks.Items($"{Field}.extraArgs", claude.ExtraArgs?.Count, 0, RunLimits.ExtraArguments);
        ExtraArguments.Check(checks, $"{Field}.extraArgs", claude.ExtraArgs);
    }

    private static void Model(FieldChecks checks, ClaudeOptions claude)
    {
        checks.Text($"{Field}.model", claude.Model, 1, RunLimits.ModelName, PatternRegexes.ModelName, Messages.ModelName);
        checks.Text($"{Field}.fallbackModel", claude.FallbackModel, 1, RunLimits.ModelName, PatternRegexes.ModelNames, Messages.ModelNames);
        checks.OneOf($"{Field}.effort", claude.Effort, ClaudeChoices.Efforts);
        checks.Text($"{Field}.maxBudgetUSD", claude.MaxBudgetUSD, 1, RunLimits.DollarsLength, PatternRegexes.Dollars, Messages.Dollars);
        checks.Number($"{Field}.maxTurns", claude.MaxTurns, 1, RunLimits.Turns);
        checks.Items($"{Field}.betas", claude.Betas?.Count, 0, RunLimits.Betas);
        checks.Texts($"{Field}.betas", claude.Betas, 1, RunLimits.BetaLength, PatternRegexes.Beta, Messages.Beta);
        checks.OneOf($"{Field}.promptCachingTTL", claude.PromptCachingTTL, ClaudeChoices.CacheTtls);
        checks.OneOf($"{Field}.bedrockServiceTier", claude.BedrockServiceTier, ClaudeChoices.ServiceTiers);
    }

    private static void Prompts(FieldChecks checks, ClaudeOptions claude)
    {
        foreach (var (field, text) in new[] { ("systemPrompt", claude.SystemPrompt), ("appendSystemPrompt", claude.AppendSystemPrompt) })
        {
            checks.Bytes($"{Field}.{field}", text, RunLimits.TextBytes);
            checks.Text($"{Field}.{field}", text, 0, int.MaxValue, PatternRegexes.NoNul, Messages.NoNul);
        }
    }

    private static void Tools(FieldChecks checks, ClaudeOptions claude)
    {
        checks.Items($"{Field}.tools", claude.Tools?.Count, 0, RunLimits.Tools);
        checks.Texts($"{Field}.tools", claude.Tools, 1, RunLimits.ToolLength, PatternRegexes.ToolName, Messages.ToolName);
        foreach (var (field, tools) in new[] { ("allowedTools", claude.AllowedTools), ("disallowedTools", claude.DisallowedTools) })
        {
            checks.Items($"{Field}.{field}", tools?.Count, 0, RunLimits.Tools);
            checks.Texts($"{Field}.{field}", tools, 1, RunLimits.ToolLength, PatternRegexes.Tool, Messages.Tool);
        }
        checks.OneOf($"{Field}.permissionMode", claude.PermissionMode, ClaudeChoices.PermissionModes);
    }

    private static void Extensions(FieldChecks checks, ClaudeOptions claude)
    {
        McpConfigs(checks, claude.McpConfigs);
        checks.Text($"{Field}.agent", claude.Agent, 1, RunLimits.AgentName, PatternRegexes.AgentName, Messages.AgentName);
        Json(checks, "agents", claude.Agents);
        foreach (var (field, paths) in new[] { ("addDirs", claude.AddDirs), ("pluginDirs", claude.PluginDirs) })
        {
            checks.Items($"{Field}.{field}", paths?.Count, 0, RunLimits.Directories);
            checks.Texts($"{Field}.{field}", paths, 1, RunLimits.Path, PatternRegexes.AbsolutePath, Messages.AbsolutePath);
        }
        checks.Items($"{Field}.files", claude.Files?.Count, 0, RunLimits.Files);
        checks.Texts($"{Field}.files", claude.Files, 1, RunLimits.Path, PatternRegexes.FileSpec, Messages.FileSpec);
        checks.Bytes($"{Field}.settings", claude.Settings, RunLimits.TextBytes);
        if (claude.Settings is { } settings && !IsPath(settings) && !JsonObjects.IsObject(settings))
        {
            checks.Add($"{Field}.settings", Messages.JsonObjectOrPath);
        }

        checks.Items($"{Field}.settingSources", claude.SettingSources?.Count, 0, RunLimits.SettingSources);
        for (var i = 0; i < claude.SettingSources?.Count; i++)
        {
            checks.OneOf($"{Field}.settingSources[{i}]", claude.SettingSources[i], ClaudeChoices.SettingSources);
        }
    }

    private static void Texts(FieldChecks checks, ClaudeOptions claude)
    {
        checks.Text($"{Field}.debug", claude.Debug, 1, RunLimits.DebugLength, PatternRegexes.DebugFilter, Messages.DebugFilter);
        Json(checks, "jsonSchema", claude.JsonSchema);
        checks.OneOf($"{Field}.inputFormat", claude.InputFormat, ClaudeChoices.InputFormats);
        checks.OneOf($"{Field}.outputFormat", claude.OutputFormat, ClaudeChoices.OutputFormats);
        if (claude.ReplayUserMessages == true && claude.InputFormat != ClaudeChoices.StreamJson)
        {
            checks.Add($"{Field}.replayUserMessages", Messages.ReplayNeedsStream);
        }
    }

    private static void Conversation(FieldChecks checks, ClaudeOptions claude)
    {
        checks.Text($"{Field}.sessionID", claude.SessionID, 1, RunLimits.UuidLength, PatternRegexes.Uuid, Messages.Uuid);
        if (claude is { Resume: true, SessionID: null })
        {
            checks.Add($"{Field}.resume", Messages.ResumeNeedsID);
        }

        if (claude is { Continue: true, Resume: true })
        {
            checks.Add($"{Field}.continue", Messages.ContinueOrResume);
        }

        if (claude is { Continue: true, SessionID: not null, Resume: not true, ForkSession: not true })
        {
            checks.Add($"{Field}.continue", Messages.ContinueTakesNoID);
        }

        if (claude is { ForkSession: true, Resume: not true, Continue: not true })
        {
            checks.Add($"{Field}.forkSession", Messages.ForkNeedsConversation);
        }
    }

    private static void McpConfigs(FieldChecks checks, List<string>? configs)
    {
        const string field = $"{Field}.mcpConfigs";
        checks.Items(field, configs?.Count, 0, RunLimits.McpConfigs);
        for (var i = 0; i < configs?.Count; i++)
        {
            checks.Characters($"{field}[{i}]", configs[i], 1, RunLimits.McpConfigLength);
        }
        // The error has neither the index nor the text, as in the CRD: a configuration can contain a secret.
        var objects = configs?.Where(config => config.Length > 0 && !IsPath(config)).ToList() ?? [];
        if (objects.Exists(config => !JsonObjects.IsObject(config)))
        {
            checks.Add(field, Messages.JsonObjectOrPath);
        }
        else if (objects.Exists(config => !JsonObjects.HasObject(config, "mcpServers")))
        {
            checks.Add(field, Messages.McpServers);
        }
    }

    private static void Json(FieldChecks checks, string field, string? text)
    {
        checks.Bytes($"{Field}.{field}", text, RunLimits.TextBytes);
        if (text is not null && !JsonObjects.IsObject(text))
        {
            checks.Add($"{Field}.{field}", Messages.JsonObject);
        }
    }

    private static bool IsPath(string text) => text.StartsWith('/') && PatternRegexes.AbsolutePath.IsMatch(text);
}
