using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Stromboli.Operator.Certificates;

namespace Stromboli.Operator.Tests.Certificates;

public sealed class ServingCertificateTests
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly SigningAuthority _authority = SigningAuthority.Create(TimeProvider.System.GetUtcNow());

    [Fact]
    public void ForHub_RepeatedNames_AppearOnce()
    {
        var names = ServingName.ForHub("ns", [Name("localhost"), Name("LOCALHOST"), Name("10.0.0.1"), Name("stromboli-hub")]);

        Assert.Equal(
            ["stromboli-hub", "stromboli-hub.ns", "stromboli-hub.ns.svc", "localhost", "10.0.0.1"],
            names.Select(n => n.ToString())
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("a_b")]
    [InlineData("-a")]
    [InlineData("a..b")]
    [InlineData("*.example.com")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public void TryParse_NoName_IsFalse(string text) => Assert.False(ServingName.TryParse(text, out _));

    [Fact]
    public void Issue_ManyNames_CertificateHasExactlyThem()
    {
        using var certificate = _authority.Issue(
            ServingName.ForHub("ns", [Name("127.0.0.1"), Name("hub.example.com")]),
            _now,
            TimeSpan.FromDays(30)
        );

        Assert.True(certificate.MatchesHostname("stromboli-hub.ns.svc"));
        Assert.True(certificate.MatchesHostname("hub.example.com"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.False(certificate.MatchesHostname("localhost"));
        Assert.False(certificate.MatchesHostname("stromboli-hub.other.svc"));
    }

    [Fact]
    public void Renew_BeforeTenDaysAreLeft_KeepsTheCertificate()
    {
        var serving = new ServingCertificate(ServingName.ForHub("ns", []));

        Assert.Null(serving.Current);
        Assert.True(serving.Renew(_authority, _now));
        Assert.False(serving.Renew(_authority, _now.AddDays(19)));
        Assert.True(serving.Renew(_authority, _now.AddDays(20.1)));
        Assert.True(serving.Renew(SigningAuthority.Create(_now), _now.AddDays(20.1)));
    }

    [Fact]
    public void Renew_AuthorityNearItsEnd_DoesNotOutliveIt()
    {
        using var certificate = _authority.Issue(ServingName.ForHub("ns", []), _authority.NotAfter.AddDays(-3), TimeSpan.FromDays(30));

        Assert.Equal(_authority.NotAfter, new DateTimeOffset(certificate.NotAfter));
    }

    [Fact]
    public async Task Renew_WhileAConnectionIsUp_AffectsOnlyTheNextHandshake()
    {
        var serving = new ServingCertificate(ServingName.ForHub("ns", [Name("localhost")]));
        serving.Renew(_authority, _now.AddDays(-25));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var first = await HandshakeAsync(listener, serving);
        Assert.True(serving.Renew(_authority, _now));
        await using var second = await HandshakeAsync(listener, serving);
        await first.Server.WriteAsync("still here"u8.ToArray());
        var buffer = new byte[10];
        await first.Client.ReadExactlyAsync(buffer);

        Assert.Equal("still here"u8.ToArray(), buffer);
        Assert.NotEqual(first.Client.RemoteCertificate!.GetSerialNumberString(), second.Client.RemoteCertificate!.GetSerialNumberString());
    }

    private static ServingName Name(string text) => ServingName.TryParse(text, out var name) ? name! : throw new ArgumentException(text);

    private async Task<Connection> HandshakeAsync(TcpListener listener, ServingCertificate serving)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var server = new SslStream((await listener.AcceptTcpClientAsync()).GetStream());
        var client = new SslStream(socket.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(AuthorityBundle.WithoutKey(_authority));
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = serving.Current }),
            client.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }
            )
        );
        return new Connection(server, client);
    }

    private sealed record Connection(SslStream Server, SslStream Client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
