using System.Net.Sockets;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Nodes;

/// <summary><c>podman system service</c> of a node. Killing it leaves its containers running.</summary>
public sealed class PodmanService : ServiceProcess
{
    private readonly NodeLayout _layout;
    private readonly NodeHolder _holder;

    internal PodmanService(NodeLayout layout, NodeHolder holder)
        : base(layout.Home, $"{layout.Name}-podman")
    {
        _layout = layout;
        _holder = holder;
    }

    /// <summary>The socket, as this machine sees it.</summary>
    public string SocketPath => Path.Combine(_layout.SocketFolder, Path.GetFileName(NodeLayout.PodmanSocketInside));

    /// <inheritdoc/>
    protected override Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        File.Delete(SocketPath);
        string[] command = ["podman", "system", "service", "--time=0", $"unix://{NodeLayout.PodmanSocketInside}"];
        return Task.FromResult(new ProcessSpec(_layout.Enter(_holder.Pid, command)) { Group = InitGroup() });
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Podman makes the cgroups of containers beside its own, so the user must own both the parent and this one.
    private ControlGroup InitGroup()
    {
        var group = _layout.LeafGroup("init").Create();
        group.Delegate(_layout.User);
        return group;
    }
}
