using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Operator.Certificates;

/// <summary>
/// The client certificate with which this replica identifies itself to another one. Like the serving certificate it is in memory only.
/// </summary>
internal sealed class ReplicaCertificate
{
    /// <summary>The common name of every replica's certificate.</summary>
    public const string CommonName = "stromboli-operator";

    private volatile Issued? _current;

    /// <summary>The certificate with its key; null before the first <see cref="Renew"/>.</summary>
    public X509Certificate2? Current => _current?.Certificate;

    /// <summary>Makes a new certificate if there is none, if it expires soon, or if another authority signs now.</summary>
    public void Renew(SigningAuthority authority, DateTimeOffset now)
    {
        if (
            _current is { } current
            && current.Issuer == authority.Certificate.Thumbprint
            && new DateTimeOffset(current.Certificate.NotAfter) - now > ServingCertificate.RenewAt
        )
        {
            return;
        }

        _current = new Issued(authority.IssueClient(CommonName, now, ServingCertificate.Lifetime), authority.Certificate.Thumbprint);
    }

    private sealed record Issued(X509Certificate2 Certificate, string Issuer);
}
