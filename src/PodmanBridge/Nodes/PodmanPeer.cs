using System.Buffers.Binary;
using System.Net.Sockets;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Who serves Podman's socket.</summary>
internal static class PodmanPeer
{
    private const int SolSocket = 1;
    private const int SoPeercred = 17;

    /// <summary>
    /// What is wrong with it, as one sentence; null when nothing is. The kernel gives pid 0 for a process of a PID namespace that cannot be seen from here: then
    /// the bridge could not tell the shim by its pid either.
    /// </summary>
    public static async Task<string?> ProblemAsync(string socketPath, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
        }
        catch (SocketException e)
        {
            return $"Podman does not answer on {socketPath}: {e.Message}.";
        }
        // struct ucred: pid, uid, gid.
        var credentials = new byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeercred, credentials);
        return BinaryPrimitives.ReadInt32LittleEndian(credentials) == 0
            ? "The bridge cannot see the processes of Podman's host; run it in the host's PID namespace (hostPID: true)."
            : null;
    }
}
