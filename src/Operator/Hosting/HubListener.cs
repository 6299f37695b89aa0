using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// Listens on two ports: the hub with TLS, and health without. Neither port serves the requests of the other, and a flood on one does not
/// affect the other.
/// </summary>
internal static class HubListener
{
    private const string HubItem = "stromboli.hub";
    private const int MaxLinks = 4096;

    // The limits of connections that are not links yet: from all strangers, from addresses of known nodes, and from one address, which
    // many nodes may share.
    private const int MaxStrangers = 512;
    private const int MaxKnown = 1024;
    private const int MaxOfAddress = 128;
    private const int MaxHealthConnections = 64;
    private const int MaxHealthOfAddress = 16;
    private const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Configures the ports.</summary>
    public static void Configure(KestrelServerOptions kestrel, OperatorOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentUpgradedConnections = MaxLinks;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(
            options.HealthListen.Address,
            options.HealthListen.Port,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                Bound(listen, new ConnectionSlots(MaxHealthConnections, known: 0, MaxHealthOfAddress));
            }
        );
        kestrel.Listen(
            options.HubListen.Address,
            options.HubListen.Port,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                var serving = listen.ApplicationServices.GetRequiredService<ServingCertificate>();
                Bound(listen, new ConnectionSlots(MaxStrangers, MaxKnown, MaxOfAddress));
                listen.Use(next =>
                    connection =>
                    {
                        connection.Items[HubItem] = true;
                        return next(connection);
                    }
                );
                listen.UseHttps(
                    new TlsHandshakeCallbackOptions
                    {
                        HandshakeTimeout = TimeSpan.FromSeconds(10),
                        OnConnection = _ => ValueTask.FromResult(TlsOptions(serving)),
                    }
                );
            }
        );
    }

    /// <summary>Maps requests to the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.UseOperatorMetrics(http => !IsHub(http));
        var hub = app.Services.GetRequiredService<HubEndpoint>();
        var health = app.Services.GetRequiredService<HealthEndpoint>();
        app.Run(http => IsHub(http) ? hub.HandleAsync(http) : health.HandleAsync(http));
    }

    // Before TLS, so that a connection without a slot costs only an accept.
    private static void Bound(ListenOptions listen, ConnectionSlots places)
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
                await next(connection);
            }
        );
    }

    private static bool IsHub(HttpContext http) => http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(HubItem) == true;

    private static SslServerAuthenticationOptions TlsOptions(ServingCertificate serving) =>
        new()
        {
            ServerCertificateContext = serving.Current ?? throw new AuthenticationException("The hub has no certificate yet."),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
}
