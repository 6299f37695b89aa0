using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Gateway.Git;

/// <summary>
/// The authorities that are trusted to sign certificates of Git servers: the system's, and those in a file if there is one.
/// </summary>
internal sealed class GitTrust
{
    private readonly X509Certificate2Collection _own = [];

    /// <summary>Reads the further authorities.</summary>
    /// <param name="path">A file of certificates in PEM; null for none.</param>
    /// <exception cref="GitTrustException">There is no certificate in it.</exception>
    public GitTrust(string? path)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            _own.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new GitTrustException($"{path} cannot be read: {e.Message}");
        }

        if (_own.Count == 0)
        {
            throw new GitTrustException($"There is no certificate in {path}.");
        }
    }

    /// <summary>Checks a server's certificate. The name must match in any case.</summary>
    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _own.Count == 0 || certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_own);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ServerAuthentication));
        // The further certificates that the server sent.
        if (chain is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        }

        return own.Build(leaf);
    }

    // RFC 5280, 4.2.1.12.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
}

/// <summary>The file of certificate authorities that the git gateway is to trust cannot be used. The message says why.</summary>
internal sealed class GitTrustException(string message) : Exception(message);
