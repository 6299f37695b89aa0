using System.Net.Sockets;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Who serves Podman's socket.</summary>
internal static class PodmanPeer
{
    /// <summary>
    /// What is wrong with it, as one sentence; null when nothing is. The kernel gives pid 0 for a process of a PID namespace that cannot be
    /// seen from here: then the bridge could not tell the shim by its pid either.
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
