using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Stromboli.Operator.Certificates;

namespace Stromboli.Operator.Streams.Relays;

/// <summary>
/// Connects to the leader: presents the certificate of this replica, and trusts a certificate of the installation's own authority for the
/// name of the streams' Service.
/// </summary>
internal sealed class LeaderClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    private readonly ReplicaCertificate _certificate;
    private readonly TrustedAuthorities _authorities;
    private readonly HttpMessageInvoker _client;

    /// <param name="host">The name in the leader's certificate.</param>
    /// <param name="certificate">The certificate of this replica.</param>
    /// <param name="authorities">The authorities of the installation.</param>
    public LeaderClient(string host, ReplicaCertificate certificate, TrustedAuthorities authorities)
    {
        Host = host;
        _certificate = certificate;
        _authorities = authorities;
        _client = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
                ConnectTimeout = ConnectTimeout,
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
                // The only way to notice that a leader is gone while a stream is silent.
                KeepAlivePingDelay = PingDelay,
                KeepAlivePingTimeout = PingTimeout,
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
                SslOptions = new SslClientAuthenticationOptions
                {
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    LocalCertificateSelectionCallback = (_, _, _, _, _) => _certificate.Current!,
                    RemoteCertificateValidationCallback = (_, peer, _, errors) => IsLeader(peer, errors),
                },
            }
        );
    }

    /// <summary>The name in the leader's certificate. A request to the leader must have it as its host.</summary>
    public string Host { get; }

    /// <summary>Sends a request and returns its answer as soon as the headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // The roots of the machine are not trusted, so the chain that the handshake built means nothing. The name that it compared does.
    private bool IsLeader(X509Certificate? peer, SslPolicyErrors errors)
    {
        if (peer is null || (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.CustomTrustStore.AddRange((X509Certificate2[])[.. _authorities.Certificates]);
        using var leaf = X509CertificateLoader.LoadCertificate(peer.GetRawCertData());
        return _authorities.Certificates.Count > 0 && chain.Build(leaf);
    }
}
