using System.Net;

namespace Stromboli.Egress.Tests;

public sealed class AddressPolicyTests
{
    private static readonly HashSet<IPAddress> Own = [IPAddress.Parse("93.184.216.34"), IPAddress.Parse("2606:2800:220::7")];

    [Theory]
    // Public.
    [InlineData("1.1.1.1", null, null)]
    [InlineData("8.8.8.8", null, null)]
    [InlineData("160.79.104.10", null, null)]
    [InlineData("172.15.255.255", null, null)]
    [InlineData("172.32.0.0", null, null)]
    [InlineData("100.63.255.255", null, null)]
    [InlineData("100.128.0.0", null, null)]
    [InlineData("198.17.255.255", null, null)]
    [InlineData("198.20.0.0", null, null)]
    [InlineData("223.255.255.255", null, null)]
    [InlineData("11.0.0.0", null, null)]
    [InlineData("2606:4700::1111", null, null)]
    [InlineData("2a00:1450:4001::1", null, null)]
    [InlineData("2001:4860:4860::8888", null, null)]
    // Loopback and private: the operator's own configuration may name them.
    [InlineData("127.0.0.1", "loopback", null)]
    [InlineData("127.255.255.254", "loopback", null)]
    [InlineData("::1", "loopback", null)]
    [InlineData("10.0.0.0", "private", null)]
    [InlineData("10.255.255.255", "private", null)]
    [InlineData("172.16.0.1", "private", null)]
    [InlineData("172.31.255.255", "private", null)]
    [InlineData("192.168.0.1", "private", null)]
    [InlineData("100.64.0.1", "shared", null)]
    [InlineData("100.127.255.255", "shared", null)]
    [InlineData("fc00::1", "private", null)]
    [InlineData("fdff:ffff::1", "private", null)]
    // Metadata: always refused.
    [InlineData("169.254.169.254", "metadata", "metadata")]
    [InlineData("168.63.129.16", "metadata", "metadata")]
    [InlineData("100.100.100.200", "metadata", "metadata")]
    [InlineData("192.0.0.192", "metadata", "metadata")]
    [InlineData("fd00:ec2::254", "metadata", "metadata")]
    [InlineData("fd20:ce::254", "metadata", "metadata")]
    // Special purposes: always refused.
    [InlineData("0.0.0.0", "unspecified", "unspecified")]
    [InlineData("0.1.2.3", "unspecified", "unspecified")]
    [InlineData("169.254.0.1", "link-local", "link-local")]
    [InlineData("192.0.0.8", "protocol assignment", "protocol assignment")]
    [InlineData("192.0.2.1", "documentation", "documentation")]
    [InlineData("198.51.100.1", "documentation", "documentation")]
    [InlineData("203.0.113.255", "documentation", "documentation")]
    [InlineData("192.88.99.1", "6to4 relay", "6to4 relay")]
    [InlineData("198.18.0.1", "benchmarking", "benchmarking")]
    [InlineData("198.19.255.255", "benchmarking", "benchmarking")]
    [InlineData("224.0.0.1", "multicast", "multicast")]
    [InlineData("239.255.255.255", "multicast", "multicast")]
    [InlineData("240.0.0.1", "reserved", "reserved")]
    [InlineData("255.255.255.255", "reserved", "reserved")]
    [InlineData("2001:db8::1", "documentation", "documentation")]
    [InlineData("3fff::1", "documentation", "documentation")]
    // An IPv4 address inside: refused whatever it is.
    [InlineData("::ffff:8.8.8.8", "IPv4-mapped", "IPv4-mapped")]
    [InlineData("::ffff:127.0.0.1", "IPv4-mapped", "IPv4-mapped")]
    [InlineData("::ffff:93.184.216.34", "IPv4-mapped", "IPv4-mapped")]
    [InlineData("::ffff:169.254.169.254", "IPv4-mapped", "IPv4-mapped")]
    [InlineData("::8.8.8.8", "not global unicast", "not global unicast")]
    [InlineData("64:ff9b::8.8.8.8", "not global unicast", "not global unicast")]
    [InlineData("64:ff9b::a00:1", "not global unicast", "not global unicast")]
    [InlineData("64:ff9b:1::1", "not global unicast", "not global unicast")]
    [InlineData("2002:a00:1::1", "6to4", "6to4")]
    [InlineData("2002:808:808::1", "6to4", "6to4")]
    [InlineData("2001:0:53aa:64c::1", "protocol assignment", "protocol assignment")]
    [InlineData("2001:20::1", "protocol assignment", "protocol assignment")]
    // Other IPv6 that is not global unicast.
    [InlineData("::", "not global unicast", "not global unicast")]
    [InlineData("100::1", "not global unicast", "not global unicast")]
    [InlineData("5f00::1", "not global unicast", "not global unicast")]
    [InlineData("fe80::1", "not global unicast", "not global unicast")]
    [InlineData("fe80::1%3", "link-local", "link-local")]
    [InlineData("2606:4700::1111%2", "link-local", "link-local")]
    [InlineData("fec0::1", "not global unicast", "not global unicast")]
    [InlineData("ff02::1", "not global unicast", "not global unicast")]
    [InlineData("4000::1", "not global unicast", "not global unicast")]
    // The node's own, and what its admin denies.
    [InlineData("93.184.216.34", "this node itself", null)]
    [InlineData("2606:2800:220::7", "this node itself", null)]
    [InlineData("45.10.0.1", "denied by this node", "denied by this node")]
    [InlineData("10.9.0.1", "denied by this node", "denied by this node")]
    public void Refusal_Address_IsJudgedByWhoNamedIt(string address, string? tenant, string? configured)
    {
        var policy = new AddressPolicy([IPNetwork.Parse("45.10.0.0/16"), IPNetwork.Parse("10.9.0.0/16")]);

        Assert.Equal(tenant, policy.Refusal(IPAddress.Parse(address), AddressScope.Public, Own));
        Assert.Equal(configured, policy.Refusal(IPAddress.Parse(address), AddressScope.OperatorConfigured, Own));
    }
}
