using System.Net.Security;

namespace Stromboli.Operator.Certificates;

/// <summary>
/// The serving certificate of the hub. Each replica makes its own and keeps it in memory only. A new certificate takes effect at the next
/// handshake; existing links stay up.
/// </summary>
internal sealed class ServingCertificate
{
    /// <summary>The lifetime of a certificate.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>The remaining lifetime at which the next certificate is made.</summary>
    public static readonly TimeSpan RenewAt = TimeSpan.FromDays(10);

    private readonly IReadOnlyList<ServingName> _names;
    private volatile Served? _current;

    public ServingCertificate(IReadOnlyList<ServingName> names) => _names = names;

    /// <summary>The certificate for the next handshake; null before the first <see cref="Renew"/>.</summary>
    public SslStreamCertificateContext? Current => _current?.Context;

    /// <summary>Makes a new certificate if there is none, if it expires soon, or if another authority signs now.</summary>
    /// <returns>Whether a certificate was made.</returns>
    public bool Renew(SigningAuthority authority, DateTimeOffset now)
    {
        if (_current is { } current && current.Issuer == authority.Certificate.Thumbprint && current.NotAfter - now > RenewAt)
        {
            return false;
        }

        var certificate = authority.Issue(_names, now, Lifetime);
        var context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        _current = new Served(context, authority.Certificate.Thumbprint, new DateTimeOffset(certificate.NotAfter));
        return true;
    }

    private sealed record Served(SslStreamCertificateContext Context, string Issuer, DateTimeOffset NotAfter);
}
