using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>Reads the Secrets of runs: by name, when needed, and none but those that runs and options name.</summary>
internal sealed class SecretReader(InputLooks looks, RunOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private (InputObject Answer, long ReadAt)? _default;

    /// <summary>What the run needs of Secrets, or what it waits for.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public async Task<SecretCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var model = run.Spec?.Model;
        if (model?.CredentialsSecretRef?.Name is { } name)
        {
            var ofRun = new InputPlace(true, new(run.Metadata.Namespace ?? "", name));
            var found = await looks.GetAsync(ofRun, cancellationToken);
            var own = found.IsForbidden
                ? SecretRules.Unreadable(name)
                : SecretRules.OfRun(found.Secret, name, model.BaseURL, Origin(options.Defaults.ModelOrigin));
            return own.At(ofRun, found);
        }
        // A command may use the model through the gateway, but most do not: it gets the operator's credential if there is one, and waits
        // for none.
        var needsNone = run.Spec?.Agent?.Command is not null;
        if (options.DefaultCredential is not { } source)
        {
            return needsNone ? new() : SecretRules.None();
        }

        var place = new InputPlace(true, new(source.Namespace, source.Name));
        var known = await DefaultAsync(place, source.MaxAge, cancellationToken);
        var check = SecretRules.OfOperator(known.Secret, source.Name, Origin(options.Defaults.ModelOrigin));
        return needsNone && check.Reason is not null ? new() : check.At(place, known);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<InputObject> DefaultAsync(InputPlace place, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // One that is not there is asked for again each time: somebody waits for it.
            if (_default is { Answer.IsThere: true } known && clock.GetElapsedTime(known.ReadAt) < maxAge)
            {
                return known.Answer;
            }

            var asked = clock.GetTimestamp();
            var found = await looks.GetAsync(place, cancellationToken);
            _default = (found, asked);
            return found;
        }
        catch (ApiException) when (_default is { Answer.IsThere: true })
        {
            return _default.Value.Answer;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static string Origin(Uri origin) => origin.AbsoluteUri.TrimEnd('/');
}
