using System.Net.Sockets;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>The process that serves Podman's socket.</summary>
internal static class PodmanPeer
{
    /// <summary>
    /// What is wrong with the peer, as one sentence; null if nothing is. The kernel reports pid 0 for a process in a PID namespace that is
    /// not visible here. Then the bridge could not recognise the shim by its pid either.
    /// </summary>
    public static async Task<string?> ProblemAsync(string socketPath, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        }
        catch (SocketException e)
        {
            return $"Podman does not answer on {socketPath}: {e.Message}.";
        }
        return PeerCredentials.Of(socket).Pid == 0
            ? "The bridge cannot see the processes of Podman's host; run it in the host's PID namespace (hostPID: true)."
            : null;
    }
}
