using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace Stromboli.Egress;

/// <summary>
/// Decides which addresses a connection on a tenant's behalf may go to. It refuses the special-purpose addresses of RFC 6890 (updated by
/// RFC 8190, 9602 and 9637) and the cloud providers' metadata addresses that look public. In IPv6 it allows only the global unicast block
/// 2000::/3, so that every form that embeds an IPv4 address (mapped, NAT64, 6to4, Teredo) is refused.
/// </summary>
/// <param name="denied">Further networks that are refused.</param>
/// <param name="allowed">
/// Loopback and private networks that are allowed although a tenant names the target. Link-local, metadata and denied addresses in them
/// are still refused.
/// </param>
internal sealed class AddressPolicy(IReadOnlyList<IPNetwork> denied, IReadOnlyList<IPNetwork>? allowed = null)
{
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IReadOnlyList<(IPNetwork Network, string What)> Private =
    [
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "shared"),
        (IPNetwork.Parse("::1/128"), "loopback"),
        (IPNetwork.Parse("fc00::/7"), "private"),
    ];

    // Checked before Private, because some of these are inside it.
    private static readonly FrozenDictionary<IPAddress, string> Metadata = new Dictionary<IPAddress, string>
    {
        [IPAddress.Parse("169.254.169.254")] = "metadata",
        [IPAddress.Parse("168.63.129.16")] = "metadata",
        [IPAddress.Parse("100.100.100.200")] = "metadata",
        [IPAddress.Parse("192.0.0.192")] = "metadata",
        [IPAddress.Parse("fd00:ec2::254")] = "metadata",
        [IPAddress.Parse("fd20:ce::254")] = "metadata",
    }.ToFrozenDictionary();

    private static readonly IReadOnlyList<(IPNetwork Network, string What)> Special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("192.0.0.0/24"), "protocol assignment"),
        (IPNetwork.Parse("192.0.2.0/24"), "documentation"),
        (IPNetwork.Parse("192.88.99.0/24"), "6to4 relay"),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmarking"),
        (IPNetwork.Parse("198.51.100.0/24"), "documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        // 2001::/23 contains Teredo (2001::/32), ORCHID and the other protocol assignments.
        (IPNetwork.Parse("2001::/23"), "protocol assignment"),
        (IPNetwork.Parse("2001:db8::/32"), "documentation"),
        (IPNetwork.Parse("2002::/16"), "6to4"),
        (IPNetwork.Parse("3fff::/20"), "documentation"),
    ];

    /// <summary>Denies only what is never public.</summary>
    public static AddressPolicy Default { get; } = new([]);

    /// <summary>Why an address is refused, in a word or two; null if it is allowed.</summary>
    /// <param name="address">The address to judge.</param>
    /// <param name="scope">Who named the target.</param>
    /// <param name="own">The node's own addresses; refused unless the operator named the target.</param>
    public string? Refusal(IPAddress address, AddressScope scope, IReadOnlySet<IPAddress> own)
    {
        if (address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return "not an internet address";
        }
        // This comes first: IPNetwork (.NET 10) would judge the embedded address.
        if (address.IsIPv4MappedToIPv6)
        {
            return "IPv4-mapped";
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
        {
            return "link-local";
        }

        if (denied.Any(network => network.Contains(address)))
        {
            return "denied by this node";
        }

        if (Metadata.TryGetValue(address, out var metadata))
        {
            return metadata;
        }

        if (Find(Private, address) is { } privately)
        {
            return scope == AddressScope.OperatorConfigured || IsAllowed(address) ? null : privately;
        }

        if (Find(Special, address) is { } special)
        {
            return special;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address))
        {
            return "not global unicast";
        }

        return scope == AddressScope.Public && own.Contains(address) ? "this node itself" : null;
    }

    private bool IsAllowed(IPAddress address) => allowed?.Any(network => network.Contains(address)) ?? false;

    private static string? Find(IReadOnlyList<(IPNetwork Network, string What)> networks, IPAddress address)
    {
        foreach (var (network, what) in networks)
        {
            if (network.Contains(address))
            {
                return what;
            }
        }

        return null;
    }
}

/// <summary>Who named the target of a connection.</summary>
internal enum AddressScope
{
    /// <summary>A tenant. Only public unicast addresses are allowed.</summary>
    Public,

    /// <summary>
    /// The configuration of the operator or the node. Loopback and private networks are also allowed; link-local and metadata addresses
    /// never are.
    /// </summary>
    OperatorConfigured,
}
