using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>Reads everything that a run needs of Secrets and ConfigMaps: by name, when it is dispatched, and none but those that it names.</summary>
internal sealed class RunInputReader(KubeClient client, SecretReader credentials, RunOptions options)
{
    /// <summary>What the run needs, or what it waits for.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public async Task<SecretCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var credential = await credentials.ReadAsync(run, cancellationToken);
        if (credential.Reason is not null)
            return credential;
        var git = await GitAsync(run, cancellationToken);
        if (git.Reason is not null)
            return git;
        var pull = await ReadPullSecretsAsync(run, cancellationToken);
        if (pull.Reason is not null)
            return pull;
        var inputs = RunInput.Of(run.Spec);
        if (inputs.Count == 0)
            return credential with { Git = git.Git, PullCredentials = pull.PullCredentials };
        var reads = inputs.Select(input => (input.IsSecret, input.Name)).Distinct().ToDictionary(
            place => place,
            place => GetAsync(place.IsSecret, new(run.Metadata.Namespace ?? "", place.Name), cancellationToken));
        await Task.WhenAll(reads.Values);
        var found = new List<InputObject>();
        foreach (var input in inputs)
            found.Add(await reads[(input.IsSecret, input.Name)]);
        return InputRules.Check(run.Spec, inputs, found) with { Credential = credential.Credential, Git = git.Git, PullCredentials = pull.PullCredentials };
    }

    private async Task<SecretCheck> ReadPullSecretsAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.Spec?.ImagePullSecrets is not { Count: > 0 } secrets)
            return new();
        var names = secrets.Select(secret => secret.Name ?? "").ToList();
        var found = await Task.WhenAll(names.Select(name => GetAsync(isSecret: true, new(run.Metadata.Namespace ?? "", name), cancellationToken)));
        return PullSecretRules.Check(run.Spec.Image ?? options.Defaults.Image, names, found);
    }

    private async Task<SecretCheck> GitAsync(AgentRun run, CancellationToken cancellationToken) =>
        run.Spec?.Workspace?.Git?.CredentialsSecretRef?.Name is { } name
            ? GitSecretRules.Check(name, await GetAsync(isSecret: true, new(run.Metadata.Namespace ?? "", name), cancellationToken))
            : new();

    private async Task<InputObject> GetAsync(bool isSecret, NamespacedName key, CancellationToken cancellationToken)
    {
        try
        {
            return isSecret
                ? new(await client.TryGetAsync(BuiltIn.Secrets, key, cancellationToken), ConfigMap: null)
                : new(Secret: null, await client.TryGetAsync(BuiltIn.ConfigMaps, key, cancellationToken));
        }
        catch (ApiException e) when (e.IsForbidden)
        {
            return new(null, null, IsForbidden: true);
        }
    }
}
