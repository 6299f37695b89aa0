using System.Net.Sockets;
using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Tests.Harness;

/// <summary>Admits all peers or none.</summary>
internal sealed class FixedPeers(bool admitted) : ISocketPeers
{
    public static FixedPeers Everybody { get; } = new(true);

    public static FixedPeers Nobody { get; } = new(false);

    public Task<bool> AdmitsAsync(Socket connection, CancellationToken cancellationToken) => Task.FromResult(admitted);
}
