using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>An environment variable of the agent.</summary>
[CelRule("!has(self.value) || !has(self.valueFrom)", "{path} " + Messages.OneValue)]
public sealed record EnvVar
{
    /// <summary>
    /// name is the name of the variable. These names are refused in upper and lower case: PATH, HOME, SHELL, LD_*, DYLD_*, NODE_OPTIONS,
    /// NODE_PATH, PYTHONPATH, PERL5LIB, RUBYLIB, BASH_ENV, ENV, IFS, *_PROXY, ANTHROPIC_*, CLAUDE_*.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.VariableName)]
    [Pattern(Patterns.EnvName, Messages.EnvName)]
    [CelRule("!self.matches(r'" + Patterns.ProtectedEnv + "')", "{path} " + Messages.ProtectedEnv)]
    public string? Name { get; init; }

    /// <summary>value is the value of the variable. References to other variables are not expanded. Defaults to the empty string.</summary>
    [TextLength(0, RunLimits.VariableValue)]
    [Pattern(Patterns.NoNul, Messages.NoNul, Sensitive = true)]
    public string? Value { get; init; }

    /// <summary>
    /// valueFrom selects a key of a Secret or ConfigMap that holds the value. The operator reads it when it dispatches the run. Until the
    /// object and the key exist, the run waits. Must not be combined with value.
    /// </summary>
    public ValueSource? ValueFrom { get; init; }
}

/// <summary>A value from a Secret or ConfigMap in the run's namespace. Exactly one source must be set.</summary>
[CelRule("has(self.secretKeyRef) != has(self.configMapKeyRef)", "{path} " + Messages.OneSource)]
public sealed record ValueSource
{
    /// <summary>
    /// secretKeyRef selects a key of a Secret. The annotation stromboli.dev/use-as of the Secret must list the use: env or prompt.
    /// </summary>
    public KeyReference? SecretKeyRef { get; init; }

    /// <summary>configMapKeyRef selects a key of a ConfigMap.</summary>
    public KeyReference? ConfigMapKeyRef { get; init; }
}

/// <summary>An environment variable of the agent whose value is a Podman secret of the node.</summary>
public sealed record PodmanSecretVariable
{
    /// <summary>name is the name of the variable. The names that env refuses are refused here too.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.VariableName)]
    [Pattern(Patterns.EnvName, Messages.EnvName)]
    [CelRule("!self.matches(r'" + Patterns.ProtectedEnv + "')", "{path} " + Messages.ProtectedEnv)]
    public string? Name { get; init; }

    /// <summary>
    /// podmanSecret is the name of the secret in the node's Podman. The node's bridge must allow it with --allow-podman-secret; otherwise
    /// the run ends with PolicyDenied. If the secret does not exist, the run ends with SecretNotFound.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.PodmanSecret, Messages.PodmanSecret)]
    public string? PodmanSecret { get; init; }
}
