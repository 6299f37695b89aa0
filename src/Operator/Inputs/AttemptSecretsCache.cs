using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Inputs;

/// <summary>
/// The secrets of attempts on record. Those of live attempts are kept in memory, so that a node that reconnects need not wait for the API
/// server. Each namespace has a bound; secrets beyond it are read again.
/// </summary>
internal sealed class AttemptSecretsCache(RunInputReader reader)
{
    /// <summary>How many characters of one namespace are kept.</summary>
    public const int KeptOfNamespace = 4 << 20;

    // The approximate size of credentials and names.
    private const int Others = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _byUID = [];
    private readonly Dictionary<string, int> _byNamespace = [];

    /// <summary>Takes the secrets from inputs that have just been read.</summary>
    public AttemptSecrets Take(AgentRun run, InputCheck check)
    {
        var secrets = new AttemptSecrets
        {
            Prompt = check.Prompt ?? run.Spec?.Prompt ?? "",
            Env = check.Env,
            Credential = check.Credential,
            Git = check.Git,
            PullCredentials = check.PullCredentials,
        };
        var (uid, name, length) = (
            run.UID(),
            run.Metadata.Namespace ?? "",
            Others + secrets.Prompt.Length + check.Env.Sum(variable => variable.Value.Length)
        );
        lock (_gate)
        {
            Remove(uid);
            var others = _byNamespace.GetValueOrDefault(name);
            if (length > KeptOfNamespace - others)
            {
                return secrets;
            }

            _byUID[uid] = new(secrets, name, length);
            _byNamespace[name] = others + length;
        }
        return secrets;
    }

    /// <summary>Reads the secrets again. If that fails, returns the kept secrets, or null if there are none.</summary>
    public async Task<AttemptSecrets?> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.ReadAsync(run, cancellationToken) is { Reason: null } check)
            {
                return Take(run, check);
            }
        }
        catch (ApiException)
        {
            // Continues with the kept secrets, so that an API server that is away stops no agent.
        }
        lock (_gate)
        {
            return _byUID.GetValueOrDefault(run.UID())?.Secrets;
        }
    }

    /// <summary>The run has ended or is gone.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            Remove(uid);
        }
    }

    private void Remove(string uid)
    {
        if (!_byUID.Remove(uid, out var kept))
        {
            return;
        }

        if ((_byNamespace[kept.Namespace] -= kept.Length) == 0)
        {
            _byNamespace.Remove(kept.Namespace);
        }
    }

    private sealed record Kept(AttemptSecrets Secrets, string Namespace, int Length);
}
