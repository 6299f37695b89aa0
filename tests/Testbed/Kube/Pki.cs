using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Testbed.Kube;

/// <summary>Keys and certificates of a control plane in one folder. They are made once and reused.</summary>
public sealed class Pki
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);
    private readonly string _folder;
    private readonly IReadOnlyList<string> _names;

    /// <summary>Makes what is missing in <paramref name="folder"/>.</summary>
    /// <param name="names">Further names of the servers.</param>
    public Pki(string folder, IReadOnlyList<string>? names = null)
    {
        _folder = folder;
        _names = names ?? [];
        if (File.Exists(At("complete")))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        using var authority = MakeAuthority("stromboli-testbed");
        Issue(authority, "server", "CN=testbed", serves: true);
        // The aggregator of kube-apiserver presents this certificate to the CRD server. Its authority signs nothing else.
        using var frontProxy = MakeAuthority("front-proxy");
        Issue(frontProxy, "front-proxy-client", "CN=front-proxy", serves: false);
        MakeAccountKey();
        File.WriteAllText(At("complete"), "");
    }

    /// <summary>The authority of every server.</summary>
    public string Authority => At("stromboli-testbed-ca.crt");

    /// <summary>The certificate of every server: all listen on loopback.</summary>
    public string Server => At("server.crt");

    /// <summary>The key of <see cref="Server"/>.</summary>
    public string ServerKey => At("server.key");

    /// <summary>The authority of <see cref="FrontProxyClient"/>.</summary>
    public string FrontProxyAuthority => At("front-proxy-ca.crt");

    /// <summary>The certificate that identifies the aggregator.</summary>
    public string FrontProxyClient => At("front-proxy-client.crt");

    /// <summary>The key of <see cref="FrontProxyClient"/>.</summary>
    public string FrontProxyClientKey => At("front-proxy-client.key");

    /// <summary>The key that signs the tokens of ServiceAccounts.</summary>
    public string AccountKey => At("accounts.key");

    private string At(string name) => Path.Combine(_folder, name);

    private X509Certificate2 MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow + Validity);
        File.WriteAllText(At($"{name}-ca.crt"), certificate.ExportCertificatePem());
        return certificate;
    }

    private void Issue(X509Certificate2 authority, string name, string subject, bool serves)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var use = serves ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"; // serverAuth, clientAuth (RFC 5280, 4.2.1.12)
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        if (serves)
        {
            request.CertificateExtensions.Add(ServerNames());
        }

        using var certificate = request.Create(
            authority,
            DateTimeOffset.UtcNow.AddHours(-1),
            new DateTimeOffset(authority.NotAfter),
            RandomNumberGenerator.GetBytes(12)
        );
        File.WriteAllText(At($"{name}.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(At($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private X509Extension ServerNames()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        // The aggregator expects the name of the Service behind an APIService.
        names.AddDnsName("*.kube-system.svc");
        foreach (var name in _names)
        {
            names.AddDnsName(name);
        }

        return names.Build();
    }

    private void MakeAccountKey()
    {
        using var key = RSA.Create(2048);
        File.WriteAllText(At("accounts.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
