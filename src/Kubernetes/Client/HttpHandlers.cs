using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stromboli.Kubernetes;

/// <summary>How connections to the API server are made: proxy, trust, identity, keep-alive.</summary>
internal static class HttpHandlers
{
    [SuppressMessage("Security", "CA5359", Justification = "Only where the kubeconfig says insecure-skip-tls-verify.")]
    public static SocketsHttpHandler Create(KubeConfig config, X509Certificate2Collection? authorities, ClientCertificate? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // As client-go: without a proxy-url the proxy of the environment, but never for the loopback.
            UseProxy = config.ProxyUrl is not null || !config.Server.IsLoopback,
            Proxy = config.ProxyUrl is null ? null : ProxyOf(config.ProxyUrl),
            AutomaticDecompression = config.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            // A new connection now and then, so that replicas of the API server share the load and DNS changes are seen.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            // Names of users may hold any letter; the API server reads them as UTF-8.
            RequestHeaderEncodingSelector = static (name, _) => ImpersonationHeaders.Has(name) ? Encoding.UTF8 : null,
        };
        if (config.SkipTlsVerify)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = SkipVerification;
        }
        else if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = Trusting(authorities);
        }

        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificateContext = certificate.Context;
        }

        if (config.Impersonation is { } user && ImpersonationHeaders.NeedLines(user))
        {
            handler.PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new HeaderLines(context.PlaintextStream));
        }

        return handler;
    }

    private static WebProxy ProxyOf(Uri url)
    {
        var proxy = new WebProxy(new UriBuilder(url) { UserName = "", Password = "" }.Uri);
        if (url.UserInfo.Length > 0)
        {
            var (name, password) = url.UserInfo.Split(':', 2) is [var first, var second] ? (first, second) : (url.UserInfo, "");
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(password));
        }

        return proxy;
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
