using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Testbed.Registries;

/// <summary>A self-signed certificate of a registry. Nodes that trust the registry get a copy.</summary>
internal static class RegistryCertificate
{
    /// <summary>Makes the certificate and its key unless they exist.</summary>
    public static void Make(string certificatePath, string keyPath, string host)
    {
        if (File.Exists(certificatePath))
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(365));
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
    }
}
