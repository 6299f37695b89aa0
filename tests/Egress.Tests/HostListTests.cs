using System.Net;

namespace Stromboli.Egress.Tests;

public sealed class HostListTests
{
    [Theory]
    [InlineData("hooks.example.com", "hooks.example.com", true)]
    [InlineData("hooks.example.com", "HOOKS.example.com.", true)]
    [InlineData("hooks.example.com", "a.hooks.example.com", false)]
    [InlineData("*.example.com", "hooks.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("localhost", "localhost", true)]
    public void Contains_Host_IsByWholeLabels(string entry, string host, bool contained)
    {
        var list = HostList.TryParse([entry], out var invalid);

        Assert.Null(invalid);
        Assert.Equal(contained, list!.Contains(host));
        Assert.False(HostList.None.Contains(host));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.com")]
    [InlineData("a.*.com")]
    [InlineData("https://example.com")]
    [InlineData("example.com:443")]
    [InlineData("-a.example.com")]
    public void TryParse_NotAnEntry_IsNamed(string text)
    {
        Assert.Null(HostList.TryParse(["good.example.com", text], out var invalid));
        Assert.Equal(text, invalid);
    }

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.2", "loopback")]
    [InlineData("10.1.2.3", null)]
    [InlineData("10.2.0.1", "private")]
    [InlineData("169.254.1.1", "link-local")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("100.100.100.200", "metadata")]
    public void Refusal_AllowedNetworks_OpenOnlyPrivateAddresses(string address, string? refusal)
    {
        var policy = new AddressPolicy(
            [],
            [
                IPNetwork.Parse("127.0.0.1/32"),
                IPNetwork.Parse("10.1.0.0/16"),
                IPNetwork.Parse("169.254.0.0/16"),
                IPNetwork.Parse("100.100.0.0/16"),
            ]
        );

        Assert.Equal(refusal, policy.Refusal(IPAddress.Parse(address), AddressScope.Public, new HashSet<IPAddress>()));
    }
}
