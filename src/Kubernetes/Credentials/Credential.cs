namespace Stromboli.Kubernetes;

/// <summary>What a request proves with who sends it. A class, so that no ToString shows the token.</summary>
/// <param name="token">Bearer token, if there is one.</param>
/// <param name="certificate">Client certificate, if the credential brings its own.</param>
/// <param name="number">Counts the credentials of one source: a later credential has a higher number.</param>
internal sealed class Credential(string? token, ClientCertificate? certificate = null, long number = 0)
{
    /// <summary>Bearer token, if there is one.</summary>
    public string? Token => token;

    /// <summary>Client certificate, if the credential brings its own.</summary>
    public ClientCertificate? Certificate => certificate;

    /// <summary>Counts the credentials of one source: a later credential has a higher number.</summary>
    public long Number => number;

    /// <summary>Whether a token can be sent in a header at all. RFC 6750 allows less; the API server judges that.</summary>
    public static bool IsSendable(string token) => token.Length > 0 && token.All(c => c is > ' ' and < '\x7f');
}

/// <summary>Gives out the credential for requests. Safe for use from many threads.</summary>
internal interface ICredentialSource
{
    /// <summary>The credential to use now.</summary>
    /// <exception cref="KubeConfigException">There is none.</exception>
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>After a 401: another credential than the refused one, or null if there is no other.</summary>
    /// <exception cref="KubeConfigException">There is none any more.</exception>
    ValueTask<Credential?> RenewAsync(Credential refused, CancellationToken cancellationToken);
}

/// <summary>A token that never changes, or none.</summary>
internal sealed class FixedCredential(string? token) : ICredentialSource
{
    private readonly Credential _credential = new(token);

    /// <inheritdoc/>
    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_credential);

    /// <inheritdoc/>
    public ValueTask<Credential?> RenewAsync(Credential refused, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Credential?>(null);
}
