using System.Diagnostics;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary><c>exec NODE COMMAND…</c>: runs a command in a node of <c>.local</c> as the node's user, with this terminal.</summary>
internal static class ExecCommand
{
    public static async Task<int> RunAsync(string name, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        Prerequisites.Check();
        var home = StackHome.At(UpSettings.Folder);
        var holder = ProcessIdentity.Load(Path.Combine(home.State, $"{name}.process"));
        if (holder is not { IsAlive: true } || !int.TryParse(name.Split('-')[^1], out var ordinal))
        {
            throw new TestbedException($"No node {name} is up.");
        }

        var layout = new NodeLayout(home, name, ordinal, Artefacts.NodeRoot);
        string[] arguments =
        [
            "-c",
            """echo $$ > "$1/cgroup.procs" && shift && exec "$@" """,
            "enter",
            layout.LeafGroup("init").FullPath,
            .. layout.Enter(holder.Value.Pid, command),
        ];
        using var process =
            Process.Start(new ProcessStartInfo("/bin/sh", arguments)) ?? throw new TestbedException("/bin/sh could not be started.");
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
