using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Reads everything that a run needs of Secrets and ConfigMaps: by name, when it is dispatched, and none but those that it names.
/// </summary>
internal sealed class RunInputReader(InputLooks looks, SecretReader credentials, RunOptions options)
{
    /// <summary>What the run needs, or what it waits for.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public async Task<SecretCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.IsAbridged())
        {
            throw new ArgumentException("Only a part of the spec is here; what it names is not known.", nameof(run));
        }

        var credential = await credentials.ReadAsync(run, cancellationToken);
        if (credential.Reason is not null)
        {
            return credential;
        }

        var git = await GitAsync(run, cancellationToken);
        if (git.Reason is not null)
        {
            return git;
        }

        var pull = await ReadPullSecretsAsync(run, cancellationToken);
        if (pull.Reason is not null)
        {
            return pull;
        }

        var inputs = RunInput.Of(run.Spec);
        if (inputs.Count == 0)
        {
            return credential with { Git = git.Git, PullCredentials = pull.PullCredentials };
        }

        var reads = inputs
            .Select(input => PlaceOf(run, input))
            .Distinct()
            .ToDictionary(place => place, place => looks.GetAsync(place, cancellationToken));
        await Task.WhenAll(reads.Values);
        var found = new List<InputObject>();
        foreach (var input in inputs)
        {
            found.Add(await reads[PlaceOf(run, input)]);
        }

        var check = InputRules.Check(run.Spec, inputs, found) with
        {
            Credential = credential.Credential,
            Git = git.Git,
            PullCredentials = pull.PullCredentials,
        };
        return check.Input is { } missing ? check.At(PlaceOf(run, missing), await reads[PlaceOf(run, missing)]) : check;
    }

    private async Task<SecretCheck> ReadPullSecretsAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.Spec?.ImagePullSecrets is not { Count: > 0 } secrets)
        {
            return new();
        }

        var image = run.Spec.Image ?? options.Defaults.Image;
        var names = secrets.Select(secret => secret.Name ?? "").ToList();
        var found = await Task.WhenAll(names.Select(name => looks.GetAsync(SecretOf(run, name), cancellationToken)));
        var check = PullSecretRules.Check(image, names, found);
        if (check.Reason is null)
        {
            return check;
        }

        var first = Enumerable.Range(0, names.Count).First(i => PullSecretRules.Check(image, [names[i]], [found[i]]).Reason is not null);
        return check.At(SecretOf(run, names[first]), found[first]);
    }

    private async Task<SecretCheck> GitAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.Spec?.Workspace?.Git?.CredentialsSecretRef?.Name is not { } name)
        {
            return new();
        }

        var found = await looks.GetAsync(SecretOf(run, name), cancellationToken);
        return GitSecretRules.Check(name, found, run.Spec.Workspace.Git.Url).At(SecretOf(run, name), found);
    }

    private static InputPlace SecretOf(AgentRun run, string name) => new(true, new(run.Metadata.Namespace ?? "", name));

    private static InputPlace PlaceOf(AgentRun run, RunInput input) => new(input.IsSecret, new(run.Metadata.Namespace ?? "", input.Name));
}
