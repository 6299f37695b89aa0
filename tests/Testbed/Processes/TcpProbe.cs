using System.Net.Sockets;

namespace Stromboli.Testbed.Processes;

/// <summary>Checks whether a process listens on a loopback port.</summary>
internal static class TcpProbe
{
    /// <summary>Whether a connection is accepted.</summary>
    public static async Task<bool> IsOpenAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
