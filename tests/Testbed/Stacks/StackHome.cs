using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Stacks;

/// <summary>The folders, ports and cgroup of one stack, and the sweeper that ends it.</summary>
public sealed class StackHome : IAsyncDisposable
{
    private readonly Process? _sweeper;

    private StackHome(string id, string folder, bool tied)
    {
        Id = id;
        Folder = folder;
        Group = ControlGroup.Of(id);
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(State);
        Directory.CreateDirectory(Sockets);
        // The node's user must pass through to its own folders below.
        foreach (var path in new[] { Path.GetDirectoryName(Sockets)!, Sockets })
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_001_001);
        }

        Ports = new PortBook(Path.Combine(State, "ports.json"));
        if (!tied)
        {
            return;
        }

        _sweeper = StartSweeper();
        ProcessIdentity.Of(Environment.ProcessId)?.Save(OwnerPath(State));
    }

    /// <summary>The stack's own name on this machine.</summary>
    public string Id { get; }

    /// <summary>Logs, pid files and kubeconfigs, for people. This folder stays when the stack is gone.</summary>
    public string Folder { get; }

    /// <summary>The state of the processes. Removed with the stack.</summary>
    public string State => Cache.At("stacks", Id);

    /// <summary>Unix sockets, in a short path, since theirs is limited to 108 bytes. Removed with the stack.</summary>
    public string Sockets => Path.Combine("/run/stromboli-testbed", Id);

    /// <summary>All processes of the stack are in this group or below it.</summary>
    public ControlGroup Group { get; }

    /// <summary>The stack's ports.</summary>
    public PortBook Ports { get; }

    /// <summary>Whether anything of the stack runs.</summary>
    public bool IsAlive => Group.Processes().Count > 0;

    /// <summary>A stack that outlives this process and is found again by its folder.</summary>
    public static StackHome At(string folder)
    {
        var full = Path.GetFullPath(folder);
        return new StackHome("up-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8], full, tied: false);
    }

    /// <summary>A stack that ends with this process, however it ends. Logs go below <c>TestResults</c>.</summary>
    public static StackHome Temporary(string name)
    {
        var id = "test-" + Guid.NewGuid().ToString("N")[..8];
        return new StackHome(id, Repository.At("TestResults", "stacks", $"{name}-{id}"), tied: true);
    }

    /// <summary>
    /// Removes temporary stacks whose process is gone and whose sweeper could not run, because the machine lost power, for example.
    /// </summary>
    public static void RemoveLeftovers()
    {
        if (!Directory.Exists(Cache.At("stacks")))
        {
            return;
        }

        foreach (var state in Directory.EnumerateDirectories(Cache.At("stacks"), "test-*"))
        {
            // A sweeper that was interrupted leaves a renamed folder.
            if (!state.EndsWith(".removed", StringComparison.Ordinal) && ProcessIdentity.Load(OwnerPath(state)) is not { IsAlive: false })
            {
                continue;
            }

            var id = Path.GetFileName(state);
            using var sweeper = StartSweeper(ControlGroup.Of(id), state, Path.Combine("/run/stromboli-testbed", id));
            sweeper.StandardInput.Close();
            sweeper.WaitForExit();
        }
    }

    /// <summary>Ends all processes of the stack and removes its state.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken = default)
    {
        using var sweeper = _sweeper ?? StartSweeper();
        sweeper.StandardInput.Close();
        await sweeper.WaitForExitAsync(cancellationToken);
        if (sweeper.ExitCode != 0)
        {
            throw new TestbedException($"Some processes of the stack {Id} could not be ended: they are in {Group.FullPath}.");
        }

        foreach (var pid in Directory.EnumerateFiles(Folder, "*.pid"))
        {
            File.Delete(pid);
        }
    }

    /// <summary>Ends a temporary stack. Any other stack stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_sweeper is not null)
        {
            await RemoveAsync();
        }
    }

    private static string OwnerPath(string state) => Path.Combine(state, "owner");

    private Process StartSweeper() => StartSweeper(Group, State, Sockets);

    private static Process StartSweeper(ControlGroup group, string state, string sockets)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "node", "sweep.sh");
        var start = new ProcessStartInfo("setsid", ["--", "/bin/bash", script, group.FullPath, state, sockets])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        return Process.Start(start) ?? throw new TestbedException("setsid could not be started.");
    }
}
