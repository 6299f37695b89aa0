using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stromboli.Operator.Certificates;

/// <summary>The certificate authorities of an installation, as its Secret stores them.</summary>
/// <param name="Signing">The authority that signs serving certificates.</param>
/// <param name="Next">The authority that signs later and is published already; null most of the time.</param>
/// <param name="Trusted">The certificates that bridges trust, without keys: both authorities, and older ones until they expire.</param>
internal sealed record AuthorityBundle(SigningAuthority Signing, SigningAuthority? Next, IReadOnlyList<X509Certificate2> Trusted)
{
    /// <summary>The key of <see cref="TrustedPem"/> in the Secret and the ConfigMap.</summary>
    public const string TrustedKey = "ca.crt";

    private const string SigningCertificateKey = "tls.crt";
    private const string SigningPrivateKey = "tls.key";
    private const string NextCertificateKey = "next.crt";
    private const string NextPrivateKey = "next.key";

    /// <summary>The trusted certificates as PEM.</summary>
    public string TrustedPem => string.Concat(Trusted.Select(c => c.ExportCertificatePem() + "\n"));

    /// <summary>Makes a bundle with one new authority.</summary>
    public static AuthorityBundle Create(DateTimeOffset now)
    {
        var authority = SigningAuthority.Create(now);
        return new AuthorityBundle(authority, null, [WithoutKey(authority)]);
    }

    /// <summary>Reads the data that <see cref="ToSecret"/> made.</summary>
    /// <exception cref="CryptographicException">A key of the Secret is missing or not valid.</exception>
    public static AuthorityBundle FromSecret(IReadOnlyDictionary<string, byte[]> data)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(Text(data, TrustedKey));
        var next = data.ContainsKey(NextCertificateKey) ? Authority(data, NextCertificateKey, NextPrivateKey) : null;
        return new AuthorityBundle(Authority(data, SigningCertificateKey, SigningPrivateKey), next, [.. trusted]);
    }

    /// <summary>Makes the data of the Secret.</summary>
    public Dictionary<string, byte[]> ToSecret()
    {
        var data = new Dictionary<string, byte[]>
        {
            [TrustedKey] = Encoding.ASCII.GetBytes(TrustedPem),
            [SigningCertificateKey] = Encoding.ASCII.GetBytes(Signing.Certificate.ExportCertificatePem()),
            [SigningPrivateKey] = Encoding.ASCII.GetBytes(KeyPem(Signing)),
        };
        if (Next is not null)
        {
            data[NextCertificateKey] = Encoding.ASCII.GetBytes(Next.Certificate.ExportCertificatePem());
            data[NextPrivateKey] = Encoding.ASCII.GetBytes(KeyPem(Next));
        }

        return data;
    }

    /// <summary>The certificate of an authority without its key.</summary>
    public static X509Certificate2 WithoutKey(SigningAuthority authority) =>
        X509CertificateLoader.LoadCertificate(authority.Certificate.RawDataMemory.Span);

    private static SigningAuthority Authority(IReadOnlyDictionary<string, byte[]> data, string certificate, string key) =>
        SigningAuthority.FromPem(Text(data, certificate), Text(data, key));

    private static string Text(IReadOnlyDictionary<string, byte[]> data, string key) =>
        data.TryGetValue(key, out var bytes)
            ? Encoding.ASCII.GetString(bytes)
            : throw new CryptographicException($"The key {key} is missing.");

    private static string KeyPem(SigningAuthority authority)
    {
        using var key = authority.Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The authority has no ECDSA key.");
        return key.ExportPkcs8PrivateKeyPem();
    }
}
