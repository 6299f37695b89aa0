using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// The two ports: the hub with TLS, health without. What comes in at one is never served by the other, and a flood of one leaves the other
/// as it is.
/// </summary>
internal static class HubListener
{
    private const string HubItem = "stromboli.hub";
    private const int MaxLinks = 4096;

    // Connections that are not links yet: of all strangers, of addresses from which nodes connected before, and of one address, which many
    // nodes may share.
    private const int MaxStrangers = 512;
    private const int MaxKnown = 1024;
    private const int MaxOfAddress = 128;
    private const int MaxHealthConnections = 64;
    private const int MaxHealthOfAddress = 16;
    private const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Sets the ports up.</summary>
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
                Bound(listen, new HubPlaces(MaxHealthConnections, known: 0, MaxHealthOfAddress));
            }
        );
        kestrel.Listen(
            options.HubListen.Address,
            options.HubListen.Port,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                var serving = listen.ApplicationServices.GetRequiredService<ServingCertificate>();
                Bound(listen, new HubPlaces(MaxStrangers, MaxKnown, MaxOfAddress));
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

    /// <summary>Sets the ways up that requests go.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.UseOperatorMetrics(http => !IsHub(http));
        var hub = app.Services.GetRequiredService<HubEndpoint>();
        var health = app.Services.GetRequiredService<HealthEndpoint>();
        app.Run(http => IsHub(http) ? hub.HandleAsync(http) : health.HandleAsync(http));
    }

    // Before TLS: a connection without a place costs no more than an accept.
    private static void Bound(ListenOptions listen, HubPlaces places)
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

                connection.Items[HubEndpoint.PlaceItem] = place;
                await next(connection);
            }
        );
    }

    private static bool IsHub(HttpContext http) => http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(HubItem) == true;

    private static SslServerAuthenticationOptions TlsOptions(ServingCertificate serving) =>
        new()
        {
            ServerCertificateContext = serving.Current ?? throw new AuthenticationException("There is no certificate yet."),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
}
