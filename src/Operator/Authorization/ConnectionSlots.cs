using System.Net;
using System.Net.Sockets;

namespace Stromboli.Operator.Authorization;

/// <summary>
/// Limits the connections that a port accepts. A connection holds a slot until it becomes a link. Each address has few slots. Addresses
/// from which a node has connected before have slots of their own, so strangers cannot keep a node away. Safe for use by several threads.
/// </summary>
/// <param name="strangers">The slots for addresses from which no node has connected.</param>
/// <param name="known">The slots for the other addresses.</param>
/// <param name="perAddress">The slots for one address, of either kind.</param>
internal sealed class ConnectionSlots(int strangers, int known, int perAddress)
{
    // More than a cluster has nodes. A forgotten address counts as a stranger until its node connects again.
    private const int MostAddresses = 8192;

    // A host in an IPv6 network can take any address of its /64.
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _taken = [];
    private readonly BoundedTable<IPAddress, bool> _nodes = new(MostAddresses);
    private int _strangers;
    private int _known;

    /// <summary>Takes a slot for a connection; null if its address has none left.</summary>
    public ConnectionSlot? TryEnter(IPAddress? address)
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

            return new ConnectionSlot(this, key, isKnown);
        }
    }

    /// <summary>Returns what an address counts as: itself, or its network in IPv6.</summary>
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

    /// <summary>Remembers an address from which a node has connected.</summary>
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

/// <summary>The slot of one connection, until the connection becomes a link or ends.</summary>
internal sealed class ConnectionSlot(ConnectionSlots places, IPAddress key, bool isKnown) : IDisposable
{
    private int _left;

    /// <summary>The connection becomes a node's link: its slot is free again, and its address is known.</summary>
    public void Linked()
    {
        places.Know(key);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            places.Leave(key, isKnown);
        }
    }
}
