using System.Net.Security;
using System.Security.Authentication;
using Stromboli.Egress;

namespace Stromboli.Gateway.Model;

/// <summary>
/// Sends requests to models through the <see cref="Dialer"/>. It checks the certificate against the upstream's name and turns off what an
/// HTTP client does by itself: redirects, cookies, proxies of the environment, decompression, tracing headers.
/// </summary>
internal sealed class UpstreamClient : IDisposable
{
    private static readonly HttpRequestOptionsKey<ModelUpstream> UpstreamKey = new("upstream");

    private readonly Dialer _dialer;

    // Two clients, so that a tenant's request never uses a connection that was allowed only for the operator's upstream.
    private readonly HttpMessageInvoker _operatorClient;
    private readonly HttpMessageInvoker _tenantClient;

    public UpstreamClient(Dialer dialer)
    {
        _dialer = dialer;
        _operatorClient = new HttpMessageInvoker(Handler());
        _tenantClient = new HttpMessageInvoker(Handler());
    }

    /// <summary>Sends a request to its upstream; returns when the head of the answer is there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ModelUpstream upstream, CancellationToken cancellationToken)
    {
        request.Options.Set(UpstreamKey, upstream);
        var client = upstream.Scope == AddressScope.OperatorConfigured ? _operatorClient : _tenantClient;
        return client.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _operatorClient.Dispose();
        _tenantClient.Dispose();
    }

    private SocketsHttpHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PreAuthenticate = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 64,
            SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
            ConnectCallback = ConnectAsync,
        };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(UpstreamKey, out var upstream))
        {
            throw new DialException(DialFailure.NotListed, "a request without an upstream");
        }

        var target = new DialTarget(context.DnsEndPoint.Host, context.DnsEndPoint.Port, upstream.Scope);
        return await _dialer.ConnectAsync(target, host => host == upstream.Host, cancellationToken);
    }
}
