using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// What runs: the Claude Code CLI or a command of your own, one of the two. The CLI with its own defaults when neither is set.
/// </summary>
[CelRule("!(has(self.claude) && has(self.command))", "{path} " + Sentences.OneAgent)]
public sealed record AgentSpec
{
    /// <summary>Runs the Claude Code CLI with these options.</summary>
    public ClaudeOptions? Claude { get; init; }

    /// <summary>
    /// Runs this program with these arguments instead of the CLI; no shell reads it. The prompt is on its standard input, its standard
    /// output is the result, and its standard error goes to the log.
    /// </summary>
    [Items(RunLimits.Arguments, Min = 1, TextMax = RunLimits.ArgumentLength)]
    [Pattern(Patterns.NoNul, Sentences.NoNul)]
    [CelRule("self.size() == 0 || self[0] != ''", "{path} " + Sentences.CommandNamesProgram)]
    public List<string>? Command { get; init; }
}
