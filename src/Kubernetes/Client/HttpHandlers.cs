using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Kubernetes;

/// <summary>The connection to the API server: trust, identity, keep-alive.</summary>
internal static class HttpHandlers
{
    [SuppressMessage("Security", "CA5359", Justification = "Only where the kubeconfig says insecure-skip-tls-verify.")]
    public static SocketsHttpHandler Create(KubeConfig config)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // As client-go: the environment's proxy, but never for the loopback.
            UseProxy = !config.Server.IsLoopback,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            // A new connection now and then, so that replicas of the API server share the load and DNS changes are seen.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        };
        if (config.SkipTlsVerify)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = SkipVerification;
        }
        else if (config.CertificateAuthority is { Count: > 0 } authorities)
        {
            handler.SslOptions.CertificateChainPolicy = Trusting(authorities);
        }

        if (config.ClientCertificate is not null)
        {
            handler.SslOptions.ClientCertificates = [config.ClientCertificate];
        }

        return handler;
    }

    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    // Only where the kubeconfig says so.
    private static bool SkipVerification(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => true;
}
