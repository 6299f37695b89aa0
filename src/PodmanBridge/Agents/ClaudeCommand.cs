using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// The command line of the Claude Code CLI (flags seen in 2.1.x). Each value is joined to its flag by <c>=</c>, and a list repeats its
/// flag. The CLI therefore never mistakes a value for a flag and never splits one. The prompt is sent on standard input.
/// </summary>
internal static class ClaudeCommand
{
    private const string Program = MountPoints.Cli + "/claude";

    /// <summary>The command for some options.</summary>
    /// <exception cref="ArgumentException">The options cannot be put on a command line; the message says why.</exception>
    public static AgentCommand Build(ClaudeOptions options, AttemptSpec spec)
    {
        var environment = AgentEnvironment.Build(spec.Env, Variables(options));
        var argv = new List<string>
        {
            Program,
            "-p",
            $"--input-format={options.InputFormat ?? ClaudeChoices.Text}",
            "--output-format=stream-json",
            // The CLI requires this for stream-json in print mode.
            "--verbose",
            $"--settings={(ClaudeSettings.IsPath(options.Settings) ? options.Settings : ClaudeSettings.Build(options.Settings, environment))}",
        };
        argv.AddRange(ClaudeConversation.Arguments(options, spec.SessionID));
        AddModel(argv, options);
        AddTools(argv, options);
        AddExtensions(argv, options);
        AddOutput(argv, options);
        AddExtra(argv, options);
        return AgentCommand.Of(argv, environment);
    }

    private static void AddModel(List<string> argv, ClaudeOptions options)
    {
        Add(argv, "--model", options.Model);
        Add(argv, "--fallback-model", options.FallbackModel);
        Add(argv, "--effort", options.Effort);
        Add(argv, "--system-prompt", options.SystemPrompt);
        Add(argv, "--append-system-prompt", options.AppendSystemPrompt);
        Add(argv, "--betas", options.Betas);
        Add(argv, "--max-budget-usd", options.MaxBudgetUSD);
        Add(argv, "--max-turns", options.MaxTurns?.ToString());
    }

    private static void AddTools(List<string> argv, ClaudeOptions options)
    {
        // An empty value tells the CLI that the list is empty. Without the flag the CLI would use all of them.
        Add(argv, "--tools", options.Tools is [] ? [""] : options.Tools);
        Add(argv, "--allowedTools", options.AllowedTools);
        Add(argv, "--disallowedTools", options.DisallowedTools);
        Add(argv, "--permission-mode", options.PermissionMode);
        Add(argv, "--dangerously-skip-permissions", options.DangerouslySkipPermissions);
        Add(argv, "--allow-dangerously-skip-permissions", options.AllowDangerouslySkipPermissions);
    }

    private static void AddExtensions(List<string> argv, ClaudeOptions options)
    {
        Add(argv, "--mcp-config", options.McpConfigs);
        Add(argv, "--strict-mcp-config", options.StrictMcpConfig);
        Add(argv, "--agent", options.Agent);
        Add(argv, "--agents", options.Agents);
        Add(argv, "--add-dir", options.AddDirs);
        Add(argv, "--plugin-dir", options.PluginDirs);
        Add(argv, "--file", options.Files);
        Add(argv, "--setting-sources", options.SettingSources is { } sources ? string.Join(',', sources) : null);
        Add(argv, "--disable-slash-commands", options.DisableSlashCommands);
        Add(argv, "--no-session-persistence", options.NoPersistence);
    }

    private static void AddOutput(List<string> argv, ClaudeOptions options)
    {
        Add(argv, "--json-schema", options.JsonSchema);
        Add(argv, "--include-partial-messages", options.IncludePartialMessages);
        Add(argv, "--replay-user-messages", options.ReplayUserMessages);
        if (options.Debug is not { } filter)
        {
            return;
        }

        argv.Add(filter == "true" ? "--debug" : $"--debug={filter}");
        // Sends debug output to the run's log. By default it would go to a file in HOME that is never read.
        argv.Add("--debug-to-stderr");
    }

    // These come last: an argument that lacks its value cannot take one of ours for it.
    private static void AddExtra(List<string> argv, ClaudeOptions options)
    {
        foreach (var argument in options.ExtraArgs ?? [])
        {
            // The API refuses this earlier, but a node does not rely on that.
            if (ExtraArguments.Problem(argument) is { } problem)
            {
                throw new ArgumentException($"agent.claude.extraArgs {problem}", nameof(options));
            }

            argv.Add(argument);
        }
    }

    private static IEnumerable<(string Name, string Value)> Variables(ClaudeOptions options)
    {
        if (options.PromptCachingTTL is { } ttl)
        {
            yield return (ttl == ClaudeChoices.OneHour ? "ENABLE_PROMPT_CACHING_1H" : "FORCE_PROMPT_CACHING_5M", "1");
        }

        if (options.BedrockServiceTier is { } tier)
        {
            yield return ("ANTHROPIC_BEDROCK_SERVICE_TIER", tier);
        }

        if (ClaudeSettings.IsPath(options.Settings))
        {
            yield return (ClaudeSettings.HostManaged, "1");
        }

        if (options.EnablePowershellTool == true)
        {
            yield return ("CLAUDE_CODE_USE_POWERSHELL_TOOL", "1");
        }
    }

    private static void Add(List<string> argv, string flag, bool? isSet)
    {
        if (isSet == true)
        {
            argv.Add(flag);
        }
    }

    private static void Add(List<string> argv, string flag, string? value)
    {
        if (value is not null)
        {
            argv.Add($"{flag}={value}");
        }
    }

    private static void Add(List<string> argv, string flag, IReadOnlyList<string>? values)
    {
        foreach (var value in values ?? [])
        {
            Add(argv, flag, value);
        }
    }
}
