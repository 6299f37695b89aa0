using System.Net.Security;

namespace Stromboli.Operator.Certificates;

/// <summary>
/// The certificate that the hub serves. Made by each replica for itself and kept in memory only; a new one takes effect with the next
/// handshake, and links that are up stay up.
/// </summary>
internal sealed class ServingCertificate
{
    /// <summary>How long one lives.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>What is left of one when the next is made.</summary>
    public static readonly TimeSpan RenewAt = TimeSpan.FromDays(10);

    private readonly IReadOnlyList<ServingName> _names;
    private volatile Served? _current;

    public ServingCertificate(IReadOnlyList<ServingName> names) => _names = names;

    /// <summary>What the next handshake presents; null before the first <see cref="Renew"/>.</summary>
    public SslStreamCertificateContext? Current => _current?.Context;

    /// <summary>Makes a new certificate if there is none, if it ends soon, or if another authority signs now.</summary>
    /// <returns>Whether one was made.</returns>
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
