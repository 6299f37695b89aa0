using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The process at the other end of a unix socket, as the kernel reports it (SO_PEERCRED of unix(7)).</summary>
internal readonly record struct PeerCredentials(int Pid, uint UserID, uint GroupID)
{
    private const int SolSocket = 1;
    private const int SoPeercred = 17;

    /// <summary>Reads the credentials from a connected unix socket.</summary>
    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> raw = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeercred, raw);
        var fields = MemoryMarshal.Cast<byte, uint>(raw);
        return new PeerCredentials((int)fields[0], fields[1], fields[2]);
    }
}
