using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Runs;

/// <summary>Reads the Secrets of runs: by name, when needed, and none but those that runs and options name.</summary>
internal sealed class SecretReader(KubeClient client, RunOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private (Secret? Secret, long ReadAt)? _default;

    /// <summary>What the run needs of Secrets, or what it waits for.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public async Task<SecretCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var model = run.Spec?.Model;
        if (model?.CredentialsSecretRef?.Name is { } name)
        {
            var baseURL = model.BaseURL ?? Origin(options.Defaults.ModelOrigin);
            return await GetAsync(new(run.Metadata.Namespace ?? "", name), cancellationToken) is { } found
                ? SecretRules.OfRun(found.Secret, name, baseURL, operatorOrigin: model.BaseURL is null)
                : SecretRules.Unreadable(name);
        }
        // A command may use the model through the gateway, but most do not: it gets the operator's credential if there is one, and waits for none.
        var needsNone = run.Spec?.Agent?.Command is not null;
        if (options.DefaultCredential is not { } source)
            return needsNone ? new() : SecretRules.None();
        var check = SecretRules.OfOperator(await DefaultAsync(source, cancellationToken), source.Name, Origin(options.Defaults.ModelOrigin));
        return needsNone && check.Reason is not null ? new() : check;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<Secret?> DefaultAsync(CredentialSource source, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // One that is not there is asked for again each time: somebody waits for it.
            if (_default is { Secret: not null } known && clock.GetElapsedTime(known.ReadAt) < source.MaxAge)
                return known.Secret;
            var asked = clock.GetTimestamp();
            var found = await GetAsync(new(source.Namespace, source.Name), cancellationToken);
            _default = (found?.Secret, asked);
            return found?.Secret;
        }
        catch (ApiException) when (_default is { Secret: not null })
        {
            return _default.Value.Secret;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Answer?> GetAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        try
        {
            return new(await client.TryGetAsync(BuiltIn.Secrets, key, cancellationToken));
        }
        catch (ApiException e) when (e.IsForbidden)
        {
            return null;
        }
    }

    private static string Origin(Uri origin) => origin.AbsoluteUri.TrimEnd('/');

    // Tells "there is no such Secret" from "it may not be read".
    private sealed record Answer(Secret? Secret);
}
