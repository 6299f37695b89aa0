using System.Globalization;
using System.Net.Sockets;
using Stromboli.Gateway.Sockets;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Admits the processes of one container, identified by the kernel: they have the user and the PID namespace of the container's first
/// process. The user's number alone would be enough for most containers, but a container that runs as the engine's own user shares that
/// number with other processes.
/// </summary>
/// <param name="firstProcess">The container's first process, numbered as on the node, once it is known.</param>
internal sealed class ContainerPeers(Task<int> firstProcess) : ISocketPeers
{
    private const string UserField = "Uid:";

    private (uint User, string Namespace)? _container;

    /// <inheritdoc/>
    public async Task<bool> AdmitsAsync(Socket connection, CancellationToken cancellationToken)
    {
        var first = await firstProcess.WaitAsync(cancellationToken);
        return Admits(PeerCredentials.Of(connection), first);
    }

    /// <summary>Whether a process belongs to the container.</summary>
    /// <param name="peer">The process.</param>
    /// <param name="first">The container's first process.</param>
    internal bool Admits(PeerCredentials peer, int first)
    {
        _container ??= UserOf(first) is { } user && NamespaceOf(first) is { } pids ? (user, pids) : null;
        return _container is var (known, own) && peer.UserID == known && peer.Pid > 0 && NamespaceOf(peer.Pid) == own;
    }

    // The numbers are the real, effective, saved and file system ids. A connection carries the effective one.
    private static uint? UserOf(int pid)
    {
        try
        {
            var line = ProcFile.Lines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith(UserField, StringComparison.Ordinal));
            return uint.TryParse(line?.Split('\t').ElementAtOrDefault(2), NumberStyles.None, CultureInfo.InvariantCulture, out var user)
                ? user
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? NamespaceOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process is gone, or belongs to a user outside the engine's range.
            return null;
        }
    }
}
