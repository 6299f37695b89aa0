using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Operator.Certificates;

/// <summary>The certificates that bridges, the API server and other replicas trust, as this replica last read them.</summary>
internal sealed class TrustedAuthorities
{
    private volatile Published? _current;

    /// <summary>Raised when the certificates have changed.</summary>
    public event Action? Changed;

    /// <summary>The certificates as PEM; null before the first <see cref="Set"/>.</summary>
    public string? Pem => _current?.Pem;

    /// <summary>The certificates; empty before the first <see cref="Set"/>.</summary>
    public IReadOnlyList<X509Certificate2> Certificates => _current?.Certificates ?? [];

    /// <summary>Takes the certificates of a bundle.</summary>
    public void Set(AuthorityBundle bundle)
    {
        var pem = bundle.TrustedPem;
        if (_current?.Pem == pem)
        {
            return;
        }

        _current = new Published(pem, bundle.Trusted);
        Changed?.Invoke();
    }

    private sealed record Published(string Pem, IReadOnlyList<X509Certificate2> Certificates);
}
