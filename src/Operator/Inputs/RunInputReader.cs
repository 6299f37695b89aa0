using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Inputs;

/// <summary>Reads the Secrets and ConfigMaps of a run by name when it is dispatched, and no others.</summary>
internal sealed class RunInputReader(InputFetcher fetcher, ModelCredentialReader credentials, RunDefaults defaults)
{
    /// <summary>Returns the inputs of the run, or what the run waits for.</summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public async Task<InputCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.IsAbridged())
        {
            throw new ArgumentException("The spec is abridged, so its inputs are not known.", nameof(run));
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
            .Select(input => SourceOf(run, input))
            .Distinct()
            .ToDictionary(source => source, source => fetcher.GetAsync(source, cancellationToken));
        await Task.WhenAll(reads.Values);
        var found = new List<InputObject>();
        foreach (var input in inputs)
        {
            found.Add(await reads[SourceOf(run, input)]);
        }

        var check = InputRules.Check(run.Spec, inputs, found) with
        {
            Credential = credential.Credential,
            Git = git.Git,
            PullCredentials = pull.PullCredentials,
        };
        return check.Input is { } missing ? check.At(SourceOf(run, missing), await reads[SourceOf(run, missing)]) : check;
    }

    private async Task<InputCheck> ReadPullSecretsAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.Spec?.ImagePullSecrets is not { Count: > 0 } secrets)
        {
            return new();
        }

        var image = run.Spec.Image ?? defaults.Image;
        var names = secrets.Select(secret => secret.Name ?? "").ToList();
        var found = await Task.WhenAll(names.Select(name => fetcher.GetAsync(SecretOf(run, name), cancellationToken)));
        var check = PullSecretRules.Check(image, names, found);
        if (check.Reason is null)
        {
            return check;
        }

        var first = Enumerable.Range(0, names.Count).First(i => PullSecretRules.Check(image, [names[i]], [found[i]]).Reason is not null);
        return check.At(SecretOf(run, names[first]), found[first]);
    }

    private async Task<InputCheck> GitAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (run.Spec?.Workspace?.Git is not { CredentialsSecretRef.Name: { } name } git)
        {
            return new();
        }

        var found = await fetcher.GetAsync(SecretOf(run, name), cancellationToken);
        return GitSecretRules.Check(name, found, git.Url, git.Push is not null).At(SecretOf(run, name), found);
    }

    private static InputSource SecretOf(AgentRun run, string name) => new(true, new(run.Metadata.Namespace ?? "", name));

    private static InputSource SourceOf(AgentRun run, RunInput input) => new(input.IsSecret, new(run.Metadata.Namespace ?? "", input.Name));
}
