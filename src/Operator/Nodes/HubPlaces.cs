using System.Net;
using System.Net.Sockets;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Limits the connections that a port accepts. A connection needs a place until it becomes a link. Each address has few places. Addresses
/// from which a node connected before have places of their own, so strangers that fill theirs cannot keep a node away. Safe for use by
/// several threads.
/// </summary>
/// <param name="strangers">Places for addresses from which no node connected.</param>
/// <param name="known">Places for the others.</param>
/// <param name="perAddress">Places for one address, of either kind.</param>
internal sealed class HubPlaces(int strangers, int known, int perAddress)
{
    // More than a cluster has nodes. An address that is forgotten counts as a stranger until its node connects again.
    private const int MostAddresses = 8192;

    // A host in an IPv6 network can take any address of its /64.
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _taken = [];
    private readonly BoundedTable<IPAddress, bool> _nodes = new(MostAddresses);
    private int _strangers;
    private int _known;

    /// <summary>Takes a place for a connection; null if its address has none left.</summary>
    public HubPlace? TryEnter(IPAddress? address)
    {
        var key = KeyOf(address);
        lock (_lock)
        {
            var isKnown = _nodes.TryGet(key, out _);
            if (_taken.GetValueOrDefault(key) >= perAddress || (isKnown ? _known >= known : _strangers >= strangers))
            {
                return null;
            }

            _taken[key] = _taken.GetValueOrDefault(key) + 1;
            if (isKnown)
            {
                _known++;
            }
            else
            {
                _strangers++;
            }

            return new HubPlace(this, key, isKnown);
        }
    }

    /// <summary>What an address counts as: itself, or in IPv6 its network.</summary>
    public static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Remembers an address from which a node connected.</summary>
    internal void Know(IPAddress key)
    {
        lock (_lock)
        {
            _nodes.Set(key, true);
        }
    }

    internal void Leave(IPAddress key, bool isKnown)
    {
        lock (_lock)
        {
            if (isKnown)
            {
                _known--;
            }
            else
            {
                _strangers--;
            }

            if (--_taken[key] == 0)
            {
                _taken.Remove(key);
            }
        }
    }
}
