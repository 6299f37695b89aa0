using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Streams;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// Listens on three ports: the hub and the streams with TLS, and health without. No port serves the requests of another, and a flood on one
/// does not affect the others.
/// </summary>
internal static class HubListener
{
    private const string PortItem = "stromboli.port";
    private const int MaxLinks = 4096;

    // The limits of connections that are not links yet: from all strangers, from addresses of known nodes, and from one address, which
    // many nodes may share.
    private const int MaxStrangers = 512;
    private const int MaxKnown = 1024;
    private const int MaxOfAddress = 128;
    private const int MaxHealthConnections = 64;
    private const int MaxHealthOfAddress = 16;
    private const int MaxHeaderBytes = 32 * 1024;

    // Each group of a user is a header.
    private const int MaxHeaders = 1000;
    private const int MaxStreamsOfConnection = 1024;

    private enum Port
    {
        Health,
        Hub,
        Streams,
    }

    /// <summary>Configures the ports.</summary>
    public static void Configure(KestrelServerOptions kestrel, OperatorOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentUpgradedConnections = MaxLinks;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreamsOfConnection;
        // The only way to notice that the API server is gone while a stream is silent.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        // Who reads a log may pause it. HTTP/2 has no rate of its own for each request, so the other ports get theirs in Map.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(
            options.HealthListen.Address,
            options.HealthListen.Port,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                Begin(listen, Port.Health, new ConnectionSlots(MaxHealthConnections, known: 0, MaxHealthOfAddress));
            }
        );
        kestrel.Listen(
            options.HubListen.Address,
            options.HubListen.Port,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                Begin(listen, Port.Hub, new ConnectionSlots(MaxStrangers, MaxKnown, MaxOfAddress));
                UseTls(listen, (serving, _) => TlsOptions(serving));
            }
        );
        kestrel.Listen(
            options.StreamsListen.Address,
            options.StreamsListen.Port,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                Begin(listen, Port.Streams, new ConnectionSlots(MaxStrangers, MaxKnown, MaxOfAddress));
                UseTls(listen, StreamsTlsOptions);
            }
        );
    }

    /// <summary>Maps requests to the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.Use(
            (http, next) =>
            {
                if (PortOf(http) != Port.Streams && http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                {
                    rate.MinDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
                }

                return next(http);
            }
        );
        app.UseOperatorMetrics(http => PortOf(http) == Port.Health);
        var hub = app.Services.GetRequiredService<HubEndpoint>();
        var streams = app.Services.GetRequiredService<StreamsEndpoint>();
        var health = app.Services.GetRequiredService<HealthEndpoint>();
        app.Run(http =>
            PortOf(http) switch
            {
                Port.Hub => hub.HandleAsync(http),
                Port.Streams => streams.HandleAsync(http),
                _ => health.HandleAsync(http),
            }
        );
    }

    private static void UseTls(
        ListenOptions listen,
        Func<ServingCertificate, TlsHandshakeCallbackContext, SslServerAuthenticationOptions> options
    )
    {
        var serving = listen.ApplicationServices.GetRequiredService<ServingCertificate>();
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(10),
                OnConnection = handshake => ValueTask.FromResult(options(serving, handshake)),
            }
        );
    }

    // Before TLS, so that a connection without a slot costs only an accept.
    private static void Begin(ListenOptions listen, Port port, ConnectionSlots places)
    {
        var metrics = listen.ApplicationServices.GetRequiredService<HubMetrics>();
        listen.Use(next =>
            async connection =>
            {
                using var place = places.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address);
                if (place is null)
                {
                    metrics.ConnectionRefused();
                    connection.Abort();
                    return;
                }

                connection.Items[HubEndpoint.SlotItem] = place;
                connection.Items[PortItem] = port;
                await next(connection);
            }
        );
    }

    private static Port PortOf(HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(PortItem, out var port) == true && port is Port known
            ? known
            : Port.Health;

    private static SslServerAuthenticationOptions TlsOptions(ServingCertificate serving) =>
        new()
        {
            ServerCertificateContext = serving.Current ?? throw new AuthenticationException("The hub has no certificate yet."),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };

    // Every certificate is accepted here, and verified with each request: whom the API server trusts can change meanwhile.
    private static SslServerAuthenticationOptions StreamsTlsOptions(ServingCertificate serving, TlsHandshakeCallbackContext handshake)
    {
        var options = TlsOptions(serving);
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        options.ClientCertificateRequired = true;
        // A resumed session would not have the certificates that lead to the authority.
        options.AllowTlsResume = false;
#pragma warning disable CA5359 // The certificate is verified with each request, see above.
        options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            handshake.Connection.Items[StreamsEndpoint.PeerItem] = PeerCertificate.Of(certificate, chain);
            return true;
        };
#pragma warning restore CA5359
        return options;
    }
}
