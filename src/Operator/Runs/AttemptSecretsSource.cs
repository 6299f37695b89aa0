using System.Collections.Concurrent;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>The secrets of attempts that are on record. Those of attempts under way are kept in memory, so that a node that comes back need not wait for the API server.</summary>
internal sealed class AttemptSecretsSource(RunInputReader reader)
{
    private readonly ConcurrentDictionary<string, AttemptSecrets> _byUID = new();

    /// <summary>The secrets out of a check that has just been made.</summary>
    public AttemptSecrets Take(AgentRun run, SecretCheck check) =>
        _byUID[run.UID()] = new AttemptSecrets { Prompt = check.Prompt ?? run.Spec?.Prompt ?? "", Env = check.Env, Credential = check.Credential, Git = check.Git, PullCredentials = check.PullCredentials };

    /// <summary>Reads them again; if that is not possible, what was known. Null if there is neither.</summary>
    public async Task<AttemptSecrets?> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.ReadAsync(run, cancellationToken) is { Reason: null } check)
                return Take(run, check);
        }
        catch (ApiException)
        {
            // Falls through to what is known: an API server that is away stops no agent.
        }
        return _byUID.GetValueOrDefault(run.UID());
    }

    /// <summary>The run has ended or is gone.</summary>
    public void Forget(string uid) => _byUID.TryRemove(uid, out _);
}
