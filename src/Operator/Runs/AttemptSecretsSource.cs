using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>
/// The secrets of attempts that are on record. Those of attempts under way are kept in memory, so that a node that comes back need not wait
/// for the API server; those of one namespace up to a bound, and what is beyond is read again.
/// </summary>
internal sealed class AttemptSecretsSource(RunInputReader reader)
{
    /// <summary>How many characters are kept of one namespace.</summary>
    public const int KeptOfNamespace = 4 << 20;

    // What credentials and names come to, about.
    private const int Others = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _byUID = [];
    private readonly Dictionary<string, int> _byNamespace = [];

    /// <summary>The secrets out of a check that has just been made.</summary>
    public AttemptSecrets Take(AgentRun run, SecretCheck check)
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

    /// <summary>Reads them again; if that is not possible, what was known. Null if there is neither.</summary>
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
            // Falls through to what is known: an API server that is away stops no agent.
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
