using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Inputs;

/// <summary>Reads the model credentials of runs: only Secrets that a run or the operator's options name, and only when needed.</summary>
internal sealed class ModelCredentialReader(InputFetcher fetcher, RunDefaults defaults, InputOptions options, TimeProvider clock)
    : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private (InputObject Answer, long ReadAt)? _default;

    /// <summary>Returns the credential of the run, or what the run waits for.</summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public async Task<InputCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var model = run.Spec?.Model;
        if (model?.CredentialsSecretRef?.Name is { } name)
        {
            var ofRun = new InputSource(true, new(run.Metadata.Namespace ?? "", name));
            var found = await fetcher.GetAsync(ofRun, cancellationToken);
            var own = found.IsForbidden
                ? ModelSecretRules.Unreadable(name)
                : ModelSecretRules.OfRun(found.Secret, name, model.BaseURL, Origin(defaults.ModelOrigin));
            return own.At(ofRun, found);
        }
        // A command may use the model through the gateway, but most do not. It gets the operator's credential if there is one, and does
        // not wait for it.
        var needsNone = run.Spec?.Agent?.Command is not null;
        if (options.DefaultCredential is not { } credential)
        {
            return needsNone ? new() : ModelSecretRules.None();
        }

        var source = new InputSource(true, new(credential.Namespace, credential.Name));
        var known = await DefaultAsync(source, credential.MaxAge, cancellationToken);
        var check = ModelSecretRules.OfOperator(known.Secret, credential.Name, Origin(defaults.ModelOrigin));
        return needsNone && check.Reason is not null ? new() : check.At(source, known);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<InputObject> DefaultAsync(InputSource source, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // A missing Secret is read again each time, because a run waits for it.
            if (_default is { Answer.IsThere: true } known && clock.GetElapsedTime(known.ReadAt) < maxAge)
            {
                return known.Answer;
            }

            var asked = clock.GetTimestamp();
            var found = await fetcher.GetAsync(source, cancellationToken);
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
