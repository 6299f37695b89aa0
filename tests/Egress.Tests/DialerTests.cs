using System.Net;
using System.Net.Sockets;

namespace Stromboli.Egress.Tests;

public sealed class DialerTests
{
    private readonly List<string> _asked = [];

    [Fact]
    public async Task ConnectAsync_UnlistedName_IsNotEvenResolved()
    {
        var failure = await FailAsync(
            Dialer("127.0.0.1"),
            new DialTarget("secret-in-a-name.example.com", 443, AddressScope.OperatorConfigured),
            _ => false
        );

        Assert.Equal(DialFailure.NotListed, failure);
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("Example.COM.", "example.com")]
    [InlineData("[2606:4700::1111]", "2606:4700::1111")]
    public async Task ConnectAsync_Name_IsListedInItsOneForm(string host, string listed)
    {
        string? asked = null;
        await FailAsync(
            Dialer("10.0.0.1"),
            new DialTarget(host, 443, AddressScope.Public),
            name =>
            {
                asked = name;
                return false;
            }
        );

        Assert.Equal(listed, asked);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1", "::ffff:1.1.1.1", "169.254.169.254")]
    public async Task ConnectAsync_NoPublicAddress_IsRefused(params string[] addresses) =>
        Assert.Equal(
            DialFailure.AddressRefused,
            await FailAsync(Dialer(addresses), new DialTarget("rebound.example.com", 443, AddressScope.Public), _ => true)
        );

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task ConnectAsync_LiteralLoopback_IsRefusedInAnySpelling(string host) =>
        Assert.Equal(DialFailure.AddressRefused, await FailAsync(Dialer(), new DialTarget(host, 443, AddressScope.Public), _ => true));

    [Fact]
    public async Task ConnectAsync_NoSuchName_IsNotResolved() =>
        Assert.Equal(
            DialFailure.NotResolved,
            await FailAsync(Dialer(), new DialTarget("nowhere.example.com", 443, AddressScope.Public), _ => true)
        );

    [Fact]
    public async Task ConnectAsync_FirstAddressIsDead_TriesTheNext()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        // Nothing listens on 127.0.0.2 at that port; link-local is never tried.
        await using var stream = await Dialer("169.254.1.1", "127.0.0.2", "127.0.0.1")
            .ConnectAsync(new DialTarget("model.example.com", port, AddressScope.OperatorConfigured), _ => true, CancellationToken.None);

        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)stream.Socket.RemoteEndPoint!).Address);
        Assert.Equal(["model.example.com"], _asked);
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_IsUnreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.Equal(
            DialFailure.Unreachable,
            await FailAsync(Dialer("127.0.0.1"), new DialTarget("model.example.com", port, AddressScope.OperatorConfigured), _ => true)
        );
    }

    [Theory]
    [InlineData(null, "1.1.1.1", "2606:4700::1111")]
    [InlineData(DialFailure.AddressRefused, "1.1.1.1", "10.0.0.1")]
    [InlineData(DialFailure.AddressRefused, "169.254.169.254")]
    [InlineData(DialFailure.AddressRefused, "169.254.1.1", "1.1.1.1")]
    [InlineData(DialFailure.AddressRefused, "127.0.0.1")]
    [InlineData(DialFailure.AddressRefused, "::ffff:1.1.1.1")]
    [InlineData(DialFailure.AddressRefused, "fd00:ec2::254")]
    [InlineData(DialFailure.AddressRefused, "fe80::1")]
    [InlineData(DialFailure.NotResolved)]
    internal async Task DemandPublicAsync_EveryAddress_MustBePublic(DialFailure? failure, params string[] addresses)
    {
        var error = await Record.ExceptionAsync(() => Dialer(addresses).DemandPublicAsync("Registry.example.com.", CancellationToken.None));

        Assert.Equal(failure, (error as DialException)?.Failure);
        Assert.Equal(["registry.example.com"], _asked);
    }

    private Dialer Dialer(params string[] addresses) =>
        new(
            AddressPolicy.Default,
            TimeProvider.System,
            (host, _) =>
            {
                _asked.Add(host);
                return addresses.Length == 0
                    ? throw new SocketException((int)SocketError.HostNotFound)
                    : Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
            }
        );

    private static async Task<DialFailure> FailAsync(Dialer dialer, DialTarget target, Func<string, bool> listed) =>
        (await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync(target, listed, CancellationToken.None))).Failure;
}
