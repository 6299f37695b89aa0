using System.Net.Sockets;

namespace Stromboli.Gateway;

/// <summary>Says who may call at a run's socket.</summary>
internal interface ISocketPeers
{
    /// <summary>
    /// Whether a connection comes from the run's own container. Waits until that is known; nothing else is accepted meanwhile.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">The socket is closed.</param>
    Task<bool> AdmitsAsync(Socket connection, CancellationToken cancellationToken);
}
