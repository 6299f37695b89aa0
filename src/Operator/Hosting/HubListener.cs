using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hosting;

/// <summary>The two ports: the hub with TLS, health without. What comes in at one is never served by the other.</summary>
internal static class HubListener
{
    private const string HubItem = "stromboli.hub";
    private const int MaxConnections = 4096;
    private const int MaxHealthConnections = 64;
    private const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Sets the ports up.</summary>
    public static void Configure(KestrelServerOptions kestrel, OperatorOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections + MaxHealthConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        kestrel.Listen(options.HealthListen.Address, options.HealthListen.Port, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Listen(options.HubListen.Address, options.HubListen.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            var serving = listen.ApplicationServices.GetRequiredService<ServingCertificate>();
            listen.Use(next => connection =>
            {
                connection.Items[HubItem] = true;
                return next(connection);
            });
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(10),
                OnConnection = _ => ValueTask.FromResult(TlsOptions(serving)),
            });
        });
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

    private static bool IsHub(HttpContext http) => http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(HubItem) == true;

    private static SslServerAuthenticationOptions TlsOptions(ServingCertificate serving) => new()
    {
        ServerCertificateContext = serving.Current ?? throw new AuthenticationException("There is no certificate yet."),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    };
}
