using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// The command line of the Claude Code CLI (flags seen in 2.1.x). A value is always joined to its flag by <c>=</c>, and a list repeats its flag,
/// so that no value is ever taken for a flag and none is split. The prompt goes by standard input.
/// </summary>
internal static class ClaudeCommand
{
    private const string Program = SandboxPaths.Cli + "/claude";

    /// <summary>The command for some options.</summary>
    /// <exception cref="ArgumentException">The options cannot be put on a command line; the message says why.</exception>
    public static AgentCommand Build(ClaudeOptions options, AttemptSpec spec)
    {
        var argv = new List<string>
        {
            Program,
            "-p",
            "--input-format=text",
            "--output-format=stream-json",
            // stream-json in print mode needs it.
            "--verbose",
            $"--session-id={spec.SessionID}",
        };
        Add(argv, "--model", options.Model);
        Add(argv, "--system-prompt", options.SystemPrompt);
        Add(argv, "--append-system-prompt", options.AppendSystemPrompt);
        Add(argv, "--allowedTools", options.AllowedTools);
        Add(argv, "--disallowedTools", options.DisallowedTools);
        Add(argv, "--permission-mode", options.PermissionMode);
        if (options.DangerouslySkipPermissions == true)
            argv.Add("--dangerously-skip-permissions");
        Add(argv, "--max-turns", options.MaxTurns?.ToString());
        return AgentCommand.Of(argv, AgentEnvironment.Build(spec.Env));
    }

    private static void Add(List<string> argv, string flag, string? value)
    {
        if (value is not null)
            argv.Add($"{flag}={value}");
    }

    private static void Add(List<string> argv, string flag, IReadOnlyList<string>? values)
    {
        foreach (var value in values ?? [])
            Add(argv, flag, value);
    }
}
