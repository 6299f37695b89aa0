using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.Pipeline.Tests;

/// <summary>What the agent's process must get for a spec, derived independently of the bridge's code.</summary>
internal static class Meant
{
    private static readonly string[] OnOff =
    [
        nameof(ClaudeOptions.DangerouslySkipPermissions),
        nameof(ClaudeOptions.AllowDangerouslySkipPermissions),
        nameof(ClaudeOptions.StrictMcpConfig),
        nameof(ClaudeOptions.DisableSlashCommands),
        nameof(ClaudeOptions.IncludePartialMessages),
        nameof(ClaudeOptions.ReplayUserMessages),
        nameof(ClaudeOptions.Resume),
        nameof(ClaudeOptions.Continue),
        nameof(ClaudeOptions.ForkSession),
        nameof(ClaudeOptions.NoPersistence),
    ];

    /// <summary>The arguments, sorted: each is one element, whatever its value holds.</summary>
    public static IEnumerable<string> Arguments(AgentRunSpec spec, string uid)
    {
        if (spec.Agent?.Command is { } command)
        {
            return command.Select(Utf8);
        }

        var claude = spec.Agent?.Claude ?? new ClaudeOptions();
        claude = claude with { JsonSchema = claude.JsonSchema ?? spec.Output?.JsonSchema };
        if (spec is { SessionRef: not null, ConversationID: { } conversation, Conversation: not ConversationChoices.New })
        {
            claude = claude with { Resume = true, ForkSession = spec.Conversation == ConversationChoices.Fork, SessionID = conversation };
        }

        List<string> words =
        [
            "/opt/stromboli/claude/claude",
            "-p",
            $"--input-format={claude.InputFormat ?? "text"}",
            "--output-format=stream-json",
            "--verbose",
        ];
        foreach (var property in typeof(ClaudeOptions).GetProperties())
        {
            words.AddRange(Flags(property.Name, property.GetValue(claude), claude));
        }

        var isResumed = claude is { Resume: true, ForkSession: not true };
        if (!isResumed && claude is not { Continue: true, ForkSession: not true })
        {
            words.Add($"--session-id={(claude.Resume == true ? uid : claude.SessionID ?? uid)}");
        }

        return words.Select(Utf8).Order(StringComparer.Ordinal);
    }

    /// <summary>Whether the settings are those of the spec, except those that decide where the model is.</summary>
    public static bool SettingsHold(AgentRunSpec spec, string argument)
    {
        using var said = JsonDocument.Parse(argument["--settings=".Length..]);
        using var own = JsonDocument.Parse(spec.Agent?.Claude?.Settings is { } settings ? Utf8(settings) : "{}");
        return said.RootElement.GetProperty("env").GetProperty("ANTHROPIC_BASE_URL").GetString() == "http://127.0.0.1:8317"
            && own.RootElement.EnumerateObject()
                .Where(setting =>
                    setting.Name
                        is not (
                            "env"
                            or "apiKeyHelper"
                            or "awsAuthRefresh"
                            or "awsCredentialExport"
                            or "gcpAuthRefresh"
                            or "proxyAuthHelper"
                        )
                )
                .All(setting => setting.Value.GetRawText() == said.RootElement.GetProperty(setting.Name).GetRawText());
    }

    /// <summary>Half a surrogate pair has no UTF-8 form. A replacement character stands for it.</summary>
    public static string Utf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> Flags(string name, object? value, ClaudeOptions claude) =>
        (name, value) switch
        {
            (_, null or false) => [],
            (nameof(ClaudeOptions.SessionID), _) => [],
            // One JSON object, with the settings that fix the model's address: see SettingsHold.
            (nameof(ClaudeOptions.Settings), string settings) => settings.StartsWith('/') ? [$"--settings={settings}"] : [],
            (nameof(ClaudeOptions.Resume), true) => [$"--resume={claude.SessionID}"],
            (nameof(ClaudeOptions.NoPersistence), true) => ["--no-session-persistence"],
            (nameof(ClaudeOptions.ExtraArgs), List<string> arguments) => arguments,
            (nameof(ClaudeOptions.Debug), string filter) => [filter == "true" ? "--debug" : $"--debug={filter}", "--debug-to-stderr"],
            (nameof(ClaudeOptions.SettingSources), List<string> sources) => [$"--setting-sources={string.Join(',', sources)}"],
            (nameof(ClaudeOptions.Tools), List<string> { Count: 0 }) => ["--tools="],
            // Variables, and options that only shape the output.
            (
                nameof(ClaudeOptions.PromptCachingTTL)
                    or nameof(ClaudeOptions.BedrockServiceTier)
                    or nameof(ClaudeOptions.EnablePowershellTool),
                _
            ) => [],
            (nameof(ClaudeOptions.InputFormat) or nameof(ClaudeOptions.OutputFormat) or nameof(ClaudeOptions.Verbose), _) => [],
            (_, true) when OnOff.Contains(name) => [$"--{Kebab(name)}"],
            (_, List<string> items) => items.Select(item => $"{Singular(name)}={item}"),
            _ => [$"--{Kebab(name)}={value}"],
        };

    private static string Singular(string name) =>
        name switch
        {
            nameof(ClaudeOptions.AllowedTools) => "--allowedTools",
            nameof(ClaudeOptions.DisallowedTools) => "--disallowedTools",
            nameof(ClaudeOptions.Tools) or nameof(ClaudeOptions.Betas) => $"--{Kebab(name)}",
            _ => $"--{Kebab(name)[..^1]}",
        };

    private static string Kebab(string name) =>
        name == nameof(ClaudeOptions.MaxBudgetUSD)
            ? "max-budget-usd"
            : string.Concat(
                name.Select((letter, i) => char.IsUpper(letter) ? $"{(i == 0 ? "" : "-")}{char.ToLowerInvariant(letter)}" : $"{letter}")
            );
}
