using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// Selects what runs in the container: the Claude Code CLI or a command. If neither is set, the CLI runs with its own defaults.
/// </summary>
[CelRule("!(has(self.claude) && has(self.command))", "{path} " + Messages.OneAgent)]
public sealed record AgentSpec
{
    /// <summary>claude runs the Claude Code CLI with these options.</summary>
    public ClaudeOptions? Claude { get; init; }

    /// <summary>
    /// command is the program to run instead of the CLI, followed by its arguments. It does not run in a shell. The program reads the
    /// prompt on its standard input. Its standard output is the result, and its standard error goes to the log.
    /// </summary>
    [Items(RunLimits.Arguments, Min = 1, TextMax = RunLimits.ArgumentLength)]
    [Pattern(Patterns.NoNul, Messages.NoNul)]
    [CelRule("self.size() == 0 || self[0] != ''", "{path} " + Messages.CommandNamesProgram)]
    public List<string>? Command { get; init; }
}
