using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Stromboli.Egress;

/// <summary>
/// Makes every connection whose target a tenant names. It checks the list first, so that a name that is not listed is not even resolved (a
/// query is a message to the name's server); then it resolves the name and applies the policy; then it connects to an address that it has
/// checked, so that a second answer for the name cannot matter.
/// </summary>
internal sealed class Dialer(AddressPolicy policy, TimeProvider clock, Dialer.Resolve? resolve = null)
{
    private static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(5);
    private const int MostAddresses = 4;

    private readonly Resolve _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>Resolves a name.</summary>
    public delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);

    /// <summary>Connects; throws <see cref="DialException"/> if that fails.</summary>
    /// <param name="target">The target.</param>
    /// <param name="listed">Tells whether a normalised name is on the list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<NetworkStream> ConnectAsync(DialTarget target, Func<string, bool> listed, CancellationToken cancellationToken)
    {
        var host = HostName.Normalise(target.Host);
        if (!listed(host))
        {
            throw new DialException(DialFailure.NotListed, $"{host} is not a listed host");
        }

        var addresses = await AddressesAsync(host, cancellationToken);
        var allowed = Allowed(addresses, target.Scope);
        if (allowed.Count == 0)
        {
            throw new DialException(DialFailure.AddressRefused, $"{host} has no address that may be connected to");
        }

        Exception? last = null;
        foreach (var address in allowed.Take(MostAddresses))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(address, target.Port), cancellationToken);
            }
            catch (Exception e)
                when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = e;
            }
        }

        throw new DialException(DialFailure.Unreachable, $"{host}:{target.Port} does not answer", last);
    }

    /// <summary>
    /// Checks a host that another program will connect to on a tenant's behalf. All of its addresses must be public, because that program
    /// picks one. That program also resolves the name again, so this check misses a name that changes in between; only
    /// <see cref="ConnectAsync(DialTarget, Func{string, bool}, CancellationToken)"/> is free of that race.
    /// </summary>
    /// <exception cref="DialException">The host has no address, or one that is not allowed.</exception>
    public async Task DemandPublicAsync(string host, CancellationToken cancellationToken)
    {
        var name = HostName.Normalise(host);
        var addresses = await AddressesAsync(name, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new DialException(DialFailure.NotResolved, $"{name} has no address");
        }

        if (Allowed(addresses, AddressScope.Public).Count < addresses.Length)
        {
            throw new DialException(DialFailure.AddressRefused, $"{name} has an address that must not be connected to");
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        try
        {
            return await _resolve(host, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // ArgumentException: the name is too long.
            throw new DialException(DialFailure.NotResolved, $"{host} has no address", e);
        }
    }

    private List<IPAddress> Allowed(IPAddress[] addresses, AddressScope scope)
    {
        IReadOnlySet<IPAddress> own = scope == AddressScope.Public ? OwnAddresses() : FrozenSet<IPAddress>.Empty;
        return [.. addresses.Where(address => policy.Refusal(address, scope, own) is null)];
    }

    private static HashSet<IPAddress> OwnAddresses() =>
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address),
        ];

    private async Task<NetworkStream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(PerAddress, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, linked.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The target of a connection.</summary>
/// <param name="Host">A name or a literal address.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Scope">Who named it.</param>
internal sealed record DialTarget(string Host, int Port, AddressScope Scope);
