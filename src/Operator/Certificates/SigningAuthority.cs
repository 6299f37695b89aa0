using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Operator.Certificates;

/// <summary>A certificate authority of this installation: ECDSA over P-256, for the certificates of the operator's replicas.</summary>
internal sealed class SigningAuthority
{
    /// <summary>The lifetime of an authority.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <summary>How far in the past a certificate begins, for machines whose clocks are behind.</summary>
    public static readonly TimeSpan Backdate = TimeSpan.FromHours(1);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private SigningAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>When the authority expires.</summary>
    public DateTimeOffset NotAfter => new(Certificate.NotAfter);

    /// <summary>Makes a new authority. Each has a name of its own, so that a verifier never tries the wrong one of two.</summary>
    public static SigningAuthority Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=stromboli-ca-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new SigningAuthority(request.CreateSelfSigned(now - Backdate, now + Lifetime));
    }

    /// <summary>Reads an authority from PEM.</summary>
    /// <exception cref="CryptographicException">The text is not a certificate with its key.</exception>
    public static SigningAuthority FromPem(string certificate, string key) => new(X509Certificate2.CreateFromPem(certificate, key));

    /// <summary>Issues a serving certificate, with its key.</summary>
    /// <param name="names">The DNS names and addresses.</param>
    /// <param name="now">When it begins, minus <see cref="Backdate"/>.</param>
    /// <param name="lifetime">Its lifetime, at most that of the authority.</param>
    public X509Certificate2 Issue(IEnumerable<ServingName> names, DateTimeOffset now, TimeSpan lifetime)
    {
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            name.AddTo(alternative);
        }

        return Issue("CN=stromboli-hub", ServerAuthentication, alternative.Build(), now, lifetime);
    }

    /// <summary>Issues a client certificate, with its key.</summary>
    /// <param name="commonName">The name of the client.</param>
    /// <param name="now">When it begins, minus <see cref="Backdate"/>.</param>
    /// <param name="lifetime">Its lifetime, at most that of the authority.</param>
    public X509Certificate2 IssueClient(string commonName, DateTimeOffset now, TimeSpan lifetime) =>
        Issue($"CN={commonName}", ClientAuthentication, names: null, now, lifetime);

    private X509Certificate2 Issue(string subject, string usage, X509Extension? names, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true)
        );
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                Certificate,
                includeKeyIdentifier: true,
                includeIssuerAndSerial: false
            )
        );
        var begin = Max(now - Backdate, new DateTimeOffset(Certificate.NotBefore));
        var end = Min(now + lifetime, NotAfter);
        using var issued = request.Create(Certificate, begin, end, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
