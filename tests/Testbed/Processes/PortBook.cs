using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Stromboli.Testbed.Processes;

/// <summary>The loopback ports of a stack, by name. The first request for a name picks a free port, later ones return the same.</summary>
public sealed class PortBook(string path)
{
    // Below the range that the kernel uses for outgoing connections, so that none of those takes a port between choice and use.
    private const int First = 20000;
    private const int Last = 32000;
    private readonly Lock _lock = new();

    /// <summary>The port of <paramref name="name"/>.</summary>
    public int For(string name)
    {
        lock (_lock)
        {
            var known = File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(path))! : [];
            if (known.TryGetValue(name, out var port))
            {
                return port;
            }

            do
            {
                port = Random.Shared.Next(First, Last);
            } while (known.ContainsValue(port) || !IsFree(port));
            known[name] = port;
            File.WriteAllText(path, JsonSerializer.Serialize(known));
            return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
