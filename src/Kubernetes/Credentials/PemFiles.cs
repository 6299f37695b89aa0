using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Kubernetes;

/// <summary>Certificates out of PEM.</summary>
internal static class PemFiles
{
    /// <summary>Reads a file's text.</summary>
    /// <exception cref="KubeConfigException">The file cannot be read.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a file with the certificates of authorities.</summary>
    /// <exception cref="KubeConfigException">The file cannot be read, or holds no certificate.</exception>
    public static X509Certificate2Collection ReadAuthorities(string path)
    {
        try
        {
            return ParseAuthorities(ReadText(path));
        }
        catch (CryptographicException e)
        {
            throw new KubeConfigException($"The certificate authority '{path}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Reads a certificate and its key.</summary>
    /// <exception cref="KubeConfigException">A file cannot be read, or the two do not belong together.</exception>
    public static ClientCertificate ReadCertificate(string certificateFile, string keyFile)
    {
        try
        {
            return ClientCertificate.FromPem(ReadText(certificateFile), ReadText(keyFile));
        }
        catch (CryptographicException e)
        {
            throw new KubeConfigException(
                $"The client certificate '{certificateFile}' with the key '{keyFile}' cannot be used: {e.Message}",
                e
            );
        }
    }

    /// <summary>Reads the certificates of authorities.</summary>
    /// <exception cref="CryptographicException">There is none, or one is malformed.</exception>
    public static X509Certificate2Collection ParseAuthorities(string text)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(text);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("It holds no PEM certificate.");
    }

    /// <summary>A digest that differs when one of the certificates, or their order, does.</summary>
    public static string Fingerprint(IEnumerable<X509Certificate2> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var certificate in certificates)
        {
            hash.AppendData(certificate.RawDataMemory.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
