using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>An environment variable of the agent whose value is a secret of the node's Podman.</summary>
public sealed record PodmanSecretVariable
{
    /// <summary>Name of the variable; the names that env refuses are refused here too.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.VariableName)]
    [Pattern(Patterns.EnvName, Sentences.EnvName)]
    [CelRule("!self.matches(r'" + Patterns.ProtectedEnv + "')", "{path} " + Sentences.ProtectedEnv)]
    public string? Name { get; init; }

    /// <summary>
    /// Name of the secret (podman secret create). The node's bridge must allow it with --allow-podman-secret, or the run ends with
    /// PolicyDenied; if it is not there, with SecretNotFound.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.PodmanSecret, Sentences.PodmanSecret)]
    public string? PodmanSecret { get; init; }
}
