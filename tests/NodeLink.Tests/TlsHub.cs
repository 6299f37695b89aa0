using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Stromboli.NodeLink.Tests;

/// <summary>A real TLS server on loopback with its own certificate authority and a handler from the test.</summary>
internal sealed class TlsHub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsHub(WebApplication app, X509Certificate2 authority)
    {
        _app = app;
        Authorities = [X509CertificateLoader.LoadCertificate(authority.RawData)];
    }

    public X509Certificate2Collection Authorities { get; }

    public Uri Address { get; private set; } = null!;

    public static async Task<TlsHub> StartAsync(RequestDelegate answer, string name = "localhost")
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN=ca-{Guid.NewGuid():N}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        var authority = authorityRequest.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request
            .Create(authority, now.AddHours(-1), now.AddMinutes(30), RandomNumberGenerator.GetBytes(8))
            .CopyWithPrivateKey(key);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(answer);
        await app.StartAsync();
        var port = new Uri(
            app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
                .Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!
                .Addresses.Single()
        ).Port;
        return new TlsHub(app, authority) { Address = new Uri($"https://localhost:{port}") };
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
