using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>Reads everything that a run needs of Secrets and ConfigMaps: by name, when it is dispatched, and none but those that it names.</summary>
internal sealed class RunInputReader(KubeClient client, SecretReader credentials)
{
    /// <summary>What the run needs, or what it waits for.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public async Task<SecretCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var credential = await credentials.ReadAsync(run, cancellationToken);
        var inputs = RunInput.Of(run.Spec);
        if (credential.Reason is not null || inputs.Count == 0)
            return credential;
        var reads = inputs.Select(input => (input.IsSecret, input.Name)).Distinct().ToDictionary(
            place => place,
            place => GetAsync(place.IsSecret, new(run.Metadata.Namespace ?? "", place.Name), cancellationToken));
        await Task.WhenAll(reads.Values);
        var found = new List<InputObject>();
        foreach (var input in inputs)
            found.Add(await reads[(input.IsSecret, input.Name)]);
        return InputRules.Check(run.Spec, inputs, found) with { Credential = credential.Credential };
    }

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
