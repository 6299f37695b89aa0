using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Kubernetes;

/// <summary>A certificate that proves who we are, with its key and the intermediate certificates that lead to its authority.</summary>
public sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
    {
        Context = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
        Fingerprint = PemFiles.Fingerprint([leaf, .. intermediates]);
    }

    /// <summary>What a TLS handshake presents.</summary>
    internal SslStreamCertificateContext Context { get; }

    /// <summary>Digest of all the certificates: two with the same one are interchangeable.</summary>
    internal string Fingerprint { get; }

    /// <summary>Reads PEM.</summary>
    /// <param name="certificates">The certificate, then its intermediates, if any.</param>
    /// <param name="key">The certificate's private key.</param>
    /// <exception cref="CryptographicException">One is not PEM, or the key belongs to another certificate.</exception>
    public static ClientCertificate FromPem(string certificates, string key)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificates, key);
            var intermediates = new X509Certificate2Collection();
            intermediates.ImportFromPem(certificates);
            intermediates.RemoveAt(0);
            return new(leaf, intermediates);
        }
        catch (ArgumentException e)
        {
            // .NET 10: a key that belongs to another certificate.
            throw new CryptographicException(e.Message, e);
        }
    }
}
