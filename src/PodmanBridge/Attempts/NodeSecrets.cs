using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The secrets of the node's own Podman that its admin lets runs use as variables. The engine does not pass them to the container, since it
/// would write them into the container's configuration. Instead the bridge reads them when the agent may run, and sends them like all other
/// variables of the agent.
/// </summary>
/// <param name="allowed">The names of the allowed secrets.</param>
/// <param name="node">The node's name, for messages.</param>
/// <param name="podman">The engine.</param>
internal sealed class NodeSecrets(IEnumerable<string> allowed, string node, IPodman podman)
{
    // Podman's JSON has this character in place of bytes that are not text.
    private const char Replacement = '\uFFFD';

    private readonly HashSet<string> _allowed = new(allowed, StringComparer.Ordinal);

    /// <summary>Checks that the attempt may have the secrets that it names.</summary>
    /// <exception cref="RunRefusedException">The attempt may not have one of them.</exception>
    public void Demand(AttemptSpec spec)
    {
        for (var i = 0; i < spec.SecretsEnv.Count; i++)
        {
            if (spec.SecretsEnv[i].PodmanSecret is var name && (name is null || !_allowed.Contains(name)))
            {
                throw new RunRefusedException(
                    RunReason.PolicyDenied,
                    $"spec.secretsEnv[{i}]: node {node} does not allow runs to have the Podman secret {name}; its bridge would need --allow-podman-secret {name}."
                );
            }
        }
    }

    /// <summary>The attempt's secrets, with those of the node among its variables.</summary>
    /// <exception cref="RunRefusedException">
    /// A secret is not allowed, does not exist, or cannot be a variable. The message never contains a value.
    /// </exception>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<AttemptSecrets> AddAsync(AttemptSpec spec, AttemptSecrets secrets, CancellationToken cancellationToken)
    {
        if (spec.SecretsEnv.Count == 0)
        {
            return secrets;
        }

        Demand(spec);
        var variables = new List<SecretVariable>(secrets.Env);
        for (var i = 0; i < spec.SecretsEnv.Count; i++)
        {
            var (variable, name) = (spec.SecretsEnv[i].Name ?? "", spec.SecretsEnv[i].PodmanSecret ?? "");
            variables.Add(
                new SecretVariable { Name = variable, Value = await ReadAsync($"spec.secretsEnv[{i}]", variable, name, cancellationToken) }
            );
        }

        return variables.Sum(variable => Encoding.UTF8.GetByteCount(variable.Value)) <= RunLimits.SourcedVariablesBytes
            ? secrets with
            {
                Env = variables,
            }
            : throw Unusable(
                "spec.secretsEnv",
                $"with its secrets the run's variables of other places hold more than {RunLimits.SourcedVariablesBytes} bytes together"
            );
    }

    private async Task<string> ReadAsync(string field, string variable, string name, CancellationToken cancellationToken)
    {
        var secret =
            await podman.Secrets.InspectAsync(name, cancellationToken)
            ?? throw Unusable(
                field,
                $"node {node} has no Podman secret {name}; make it there with podman secret create, as the user of its bridge"
            );
        if (secret.Value is not { } value)
        {
            throw Unusable(field, $"the Podman of node {node} does not tell what its secret {name} holds; it needs Podman 4.7 or later");
        }

        if (value.Contains('\0', StringComparison.Ordinal) || value.Contains(Replacement, StringComparison.Ordinal))
        {
            throw Unusable(field, $"the Podman secret {name} of node {node} is not text, so that a variable cannot hold it");
        }

        return variable.Length + 1 + Encoding.UTF8.GetByteCount(value) <= RunLimits.SourcedVariableBytes
            ? value
            : throw Unusable(
                field,
                $"the Podman secret {name} of node {node} is larger than the {RunLimits.SourcedVariableBytes} bytes that a variable has at most"
            );
    }

    private static RunRefusedException Unusable(string field, string problem) => new(RunReason.SecretNotFound, $"{field}: {problem}.");
}
