using System.Globalization;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Nodes;

/// <summary>The process whose mount namespace is the node.</summary>
internal sealed class NodeHolder(NodeLayout layout, IReadOnlyList<NodeMount> mounts) : ServiceProcess(layout.Home, layout.Name)
{
    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        // Processes of an earlier holder would still see mounts that no longer belong to the node.
        await layout.Group.EndAsync(cancellationToken);
        layout.Group.Create().Delegate(layout.User);
        Directory.CreateDirectory(layout.State);
        Directory.CreateDirectory(layout.SocketFolder);
        _ = Libc.ChangeOwner(layout.SocketFolder, layout.User, layout.User);
        return new ProcessSpec([
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "/bin/bash",
            Path.Combine(AppContext.BaseDirectory, "node", "enter.sh"),
            layout.Root.At("rootfs"),
            layout.State,
            Text(layout.User),
            Text(layout.Subordinate),
            $"{layout.SocketFolder}:{Path.GetDirectoryName(NodeLayout.PodmanSocketInside)}:rw",
            .. mounts.Select(mount => $"{mount.Source}:{mount.Target}:{(mount.Writable ? "rw" : "ro")}"),
            "--",
            "sleep",
            "infinity",
        ])
        {
            Group = layout.LeafGroup("holder"),
        };
    }

    /// <inheritdoc/>
    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(File.ReadAllText($"/proc/{Text(Pid)}/comm") == "sleep\n");

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
