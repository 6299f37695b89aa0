using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Operator.Certificates;

/// <summary>The certificate that a client presented in its handshake, not verified yet.</summary>
/// <param name="Leaf">The certificate.</param>
/// <param name="Others">The other certificates that the client sent, which may lead to an authority.</param>
internal sealed record PeerCertificate(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Others)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>The common name of the subject; empty if there is none.</summary>
    public string CommonName => Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Copies what a handshake received, whose objects do not outlive it.</summary>
    public static PeerCertificate? Of(X509Certificate? certificate, X509Chain? chain) =>
        certificate is null
            ? null
            : new PeerCertificate(
                X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()),
                [.. (chain?.ChainPolicy.ExtraStore ?? []).Select(other => X509CertificateLoader.LoadCertificate(other.RawData))]
            );

    /// <summary>Whether it is a valid client certificate of one of the authorities now.</summary>
    public bool IsClientOf(IReadOnlyCollection<X509Certificate2> authorities, DateTimeOffset now)
    {
        if (authorities.Count == 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.CustomTrustStore.AddRange((X509Certificate2[])[.. authorities]);
        chain.ChainPolicy.ExtraStore.AddRange((X509Certificate2[])[.. Others]);
        return chain.Build(Leaf);
    }
}
