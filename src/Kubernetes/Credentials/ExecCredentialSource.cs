namespace Stromboli.Kubernetes;

/// <summary>
/// Credentials out of a plugin. One run serves all who wait; what it printed is kept until shortly before it expires, or until the API
/// server refuses it. A run outlives a caller that gives up: the next one needs its result.
/// </summary>
internal sealed class ExecCredentialSource(CredentialPlugin plugin, TimeProvider clock) : ICredentialSource
{
    // Requests come many at once, and a plugin often asks a service that counts its callers.
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(5);

    // An API server that refuses what the plugin has just printed does not know the user: another run would not help.
    private static readonly TimeSpan RestAfterRefusal = TimeSpan.FromSeconds(10);

    // A request must arrive before its token expires.
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Task<Credential>? _run;
    private Credential? _credential;
    private DateTimeOffset? _renewAt;
    private string? _failure;
    private long _failedAt;
    private long? _refusedAt;
    private long _number;

    /// <inheritdoc/>
    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        Task<Credential> run;
        lock (_lock)
        {
            if (_credential is { } held && IsFresh())
            {
                return held;
            }

            run = Run();
        }

        return await run.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Credential?> RenewAsync(Credential refused, CancellationToken cancellationToken)
    {
        Task<Credential> run;
        lock (_lock)
        {
            if (_credential is { } held && held.Number > refused.Number && IsFresh())
            {
                return held;
            }

            if (_run is null)
            {
                if (_refusedAt is { } refusedAt && clock.GetElapsedTime(refusedAt) < RestAfterRefusal)
                {
                    return null;
                }

                _refusedAt = clock.GetTimestamp();
                _credential = null;
            }

            run = Run();
        }

        return await run.WaitAsync(cancellationToken);
    }

    private bool IsFresh() => _renewAt is not { } renewAt || clock.GetUtcNow() < renewAt;

    // Under the lock.
    private Task<Credential> Run()
    {
        if (_run is not null)
        {
            return _run;
        }

        return _failure is not null && clock.GetElapsedTime(_failedAt) < RestAfterFailure
            ? Task.FromException<Credential>(new KubeConfigException(_failure))
            : _run = Task.Run(RunAsync);
    }

    private async Task<Credential> RunAsync()
    {
        try
        {
            var (credential, expires) = await plugin.RunAsync(Interlocked.Increment(ref _number));
            lock (_lock)
            {
                _credential = credential;
                _renewAt = expires is { } time ? time - Margin(time - clock.GetUtcNow()) : null;
                _failure = null;
            }

            return credential;
        }
        catch (KubeConfigException e)
        {
            lock (_lock)
            {
                _failure = e.Message;
                _failedAt = clock.GetTimestamp();
            }

            throw;
        }
        finally
        {
            lock (_lock)
            {
                _run = null;
            }
        }
    }

    private static TimeSpan Margin(TimeSpan lifetime) => lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
}
