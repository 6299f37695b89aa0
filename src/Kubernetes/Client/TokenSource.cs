namespace Stromboli.Kubernetes;

/// <summary>The bearer token: fixed, or out of a file that is read again and again, because kubelet rotates it.</summary>
internal sealed class TokenSource(string? fixedToken, string? file, TimeProvider clock)
{
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private string? _token = fixedToken;
    private long _read;

    public static TokenSource? For(KubeConfig config, TimeProvider clock) =>
        config.TokenFile is { } file ? new(null, file, clock)
        : config.Token is { } token ? new(token, null, clock)
        : null;

    /// <summary>The token; at most ten seconds older than the file.</summary>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_token is not null && (file is null || clock.GetElapsedTime(_read) < RereadAfter))
            {
                return _token;
            }
        }

        return await ReadAsync(cancellationToken);
    }

    /// <summary>After a 401: the file's token if it is another one than was refused, else null.</summary>
    public async ValueTask<string?> RefreshAsync(string refused, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return null;
        }

        var token = await ReadAsync(cancellationToken);
        return token == refused ? null : token;
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        string token;
        try
        {
            token = (await File.ReadAllTextAsync(file!, cancellationToken)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            token = "";
        }

        lock (_gate)
        {
            // A rotation may be caught half done: the last good token then serves a little longer.
            if (token.Length > 0)
            {
                _token = token;
            }

            _read = clock.GetTimestamp();
            return _token ?? throw new KubeConfigException($"The token file '{file}' is missing, unreadable or empty.");
        }
    }
}
