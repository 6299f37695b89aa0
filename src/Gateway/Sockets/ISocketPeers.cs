using System.Net.Sockets;

namespace Stromboli.Gateway.Sockets;

/// <summary>Decides which connections a run's socket accepts.</summary>
internal interface ISocketPeers
{
    /// <summary>
    /// Tells whether a connection comes from the run's own container. Waits until that is known; the socket accepts no other connection
    /// meanwhile.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Cancelled when the socket closes.</param>
    Task<bool> AdmitsAsync(Socket connection, CancellationToken cancellationToken);
}
