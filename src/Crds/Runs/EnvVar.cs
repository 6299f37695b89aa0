using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>An environment variable of the agent.</summary>
[CelRule("!has(self.value) || !has(self.valueFrom)", "{path} " + Sentences.OneValue)]
public sealed record EnvVar
{
    /// <summary>
    /// Name of the variable. Refused in upper or lower case: PATH, HOME, SHELL, LD_*, DYLD_*, NODE_OPTIONS, NODE_PATH, PYTHONPATH,
    /// PERL5LIB, RUBYLIB, BASH_ENV, ENV, IFS, *_PROXY, ANTHROPIC_*, CLAUDE_*.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.VariableName)]
    [Pattern(Patterns.EnvName, Sentences.EnvName)]
    [CelRule("!self.matches(r'" + Patterns.ProtectedEnv + "')", "{path} " + Sentences.ProtectedEnv)]
    public string? Name { get; init; }

    /// <summary>Its value, taken as it is. Empty when absent.</summary>
    [TextLength(0, RunLimits.VariableValue)]
    [Pattern(Patterns.NoNul, Sentences.NoNul, Discreet = true)]
    public string? Value { get; init; }

    /// <summary>Where its value is, instead of value. Read when the run is dispatched; it waits for what is not there.</summary>
    public ValueSource? ValueFrom { get; init; }
}
