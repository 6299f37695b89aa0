namespace Stromboli.Kubernetes;

/// <summary>A bearer token in a file that is read again and again, because kubelet rotates it.</summary>
/// <param name="path">The file.</param>
/// <param name="initial">Token to use until the file can be read; null if the file must be readable.</param>
/// <param name="clock">The clock.</param>
internal sealed class TokenFile(string path, string? initial, TimeProvider clock) : ICredentialSource
{
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Credential? _credential = initial is null ? null : new(initial);
    private long? _readAt;

    /// <summary>The token; at most ten seconds older than the file.</summary>
    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_credential is not null && _readAt is { } readAt && clock.GetElapsedTime(readAt) < RereadAfter)
            {
                return _credential;
            }
        }

        return await ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Credential?> RenewAsync(Credential refused, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(cancellationToken);
        return read.Token == refused.Token ? null : read;
    }

    private async Task<Credential> ReadAsync(CancellationToken cancellationToken)
    {
        string token;
        try
        {
            token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            token = "";
        }

        lock (_lock)
        {
            // A read may catch a rotation half done: the last good token then serves a little longer.
            if (Credential.IsSendable(token))
            {
                _credential = new(token);
            }

            _readAt = clock.GetTimestamp();
            return _credential ?? throw new KubeConfigException($"The token file '{path}' is missing or unreadable, or holds no token.");
        }
    }
}
