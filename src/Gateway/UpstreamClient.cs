using System.Net.Security;
using System.Security.Authentication;
using Stromboli.Gateway.Egress;

namespace Stromboli.Gateway;

/// <summary>
/// Sends to model origins: through the <see cref="Dialer"/>, with the certificate checked against the origin's name, and with none of what
/// an HTTP client does by itself: no redirects, cookies, proxies of the environment, decompression, tracing headers.
/// </summary>
internal sealed class UpstreamClient : IDisposable
{
    private static readonly HttpRequestOptionsKey<ModelOrigin> OriginKey = new("origin");

    private readonly Dialer _dialer;

    // Apart, so that a tenant's request never rides on a connection that was allowed for the operator's.
    private readonly HttpMessageInvoker _operatorOrigins;
    private readonly HttpMessageInvoker _tenantOrigins;

    public UpstreamClient(Dialer dialer)
    {
        _dialer = dialer;
        _operatorOrigins = new HttpMessageInvoker(Handler());
        _tenantOrigins = new HttpMessageInvoker(Handler());
    }

    /// <summary>Sends a request to its origin; returns when the head of the answer is there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ModelOrigin origin, CancellationToken cancellationToken)
    {
        request.Options.Set(OriginKey, origin);
        var client = origin.Scope == AddressScope.OperatorConfigured ? _operatorOrigins : _tenantOrigins;
        return client.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _operatorOrigins.Dispose();
        _tenantOrigins.Dispose();
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
        if (!context.InitialRequestMessage.Options.TryGetValue(OriginKey, out var origin))
        {
            throw new DialException(DialFailure.NotListed, "a request without an origin");
        }

        var target = new DialTarget(context.DnsEndPoint.Host, context.DnsEndPoint.Port, origin.Scope);
        return await _dialer.ConnectAsync(target, host => host == origin.Host, cancellationToken);
    }
}
