using System.Globalization;

namespace Stromboli.Testbed.Processes;

/// <summary>
/// A cgroup v2 directory of the testbed. A process cannot leave it by forking, so ending the group ends exactly what was started in it,
/// with containers, whose monitors detach from everything else.
/// </summary>
public sealed class ControlGroup
{
    private static readonly Lazy<string> Mount = new(FindMount);

    private ControlGroup(string path) => FullPath = path;

    /// <summary>The directory.</summary>
    public string FullPath { get; }

    /// <summary>Whether the directory exists.</summary>
    public bool Exists => Directory.Exists(FullPath);

    /// <summary>The processor time of every process that is or was in the group or in one below it, while the directory is there.</summary>
    public TimeSpan ProcessorTime =>
        TimeSpan.FromMicroseconds(
            long.Parse(
                File.ReadLines(System.IO.Path.Combine(FullPath, "cpu.stat"))
                    .First(line => line.StartsWith("usage_usec ", StringComparison.Ordinal))["usage_usec ".Length..],
                CultureInfo.InvariantCulture
            )
        );

    /// <summary>Names a group below the testbed's own. Does not create it.</summary>
    public static ControlGroup Of(params string[] parts) => new(System.IO.Path.Combine([Mount.Value, "stromboli-testbed", .. parts]));

    /// <summary>Makes the directory.</summary>
    public ControlGroup Create()
    {
        Directory.CreateDirectory(FullPath);
        return this;
    }

    /// <summary>Gives the directory, and with it the right to make groups below it, to a user.</summary>
    public void Delegate(uint user)
    {
        foreach (var name in new[] { "", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads" })
        {
            _ = Libc.ChangeOwner(System.IO.Path.Combine(FullPath, name), user, user);
        }
    }

    /// <summary>The processes of the group and of all groups below it.</summary>
    public IReadOnlyList<int> Processes()
    {
        if (!Exists)
        {
            return [];
        }

        return [.. Groups().SelectMany(ReadProcesses)];
    }

    /// <summary>Ends every process of the group with SIGKILL, waits until they are gone, and removes the directories.</summary>
    public async Task EndAsync(CancellationToken cancellationToken = default)
    {
        if (!Exists)
        {
            return;
        }

        await File.WriteAllTextAsync(System.IO.Path.Combine(FullPath, "cgroup.kill"), "1", cancellationToken);
        await Poll.UntilAsync(
            $"the processes of {FullPath} are gone",
            TimeSpan.FromSeconds(20),
            () => Processes().Count == 0,
            cancellationToken
        );
        await Poll.UntilAsync($"{FullPath} is removed", TimeSpan.FromSeconds(10), TryRemove, cancellationToken);
    }

    /// <summary>Freezes every process of the group, as a suspend does.</summary>
    public void Freeze() => File.WriteAllText(System.IO.Path.Combine(FullPath, "cgroup.freeze"), "1");

    /// <summary>Undoes <see cref="Freeze"/>.</summary>
    public void Thaw() => File.WriteAllText(System.IO.Path.Combine(FullPath, "cgroup.freeze"), "0");

    private IEnumerable<string> Groups() => Directory.EnumerateDirectories(FullPath, "*", SearchOption.AllDirectories).Prepend(FullPath);

    private bool TryRemove()
    {
        try
        {
            // Only directories can be removed, deepest first. The files in them belong to the kernel.
            foreach (var group in Groups().OrderByDescending(group => group.Length).ToList())
            {
                Directory.Delete(group);
            }

            return true;
        }
        catch (IOException)
        {
            return !Exists;
        }
    }

    private static IEnumerable<int> ReadProcesses(string group)
    {
        try
        {
            return
            [
                .. File.ReadLines(System.IO.Path.Combine(group, "cgroup.procs"))
                    .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string FindMount() =>
        File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1]
        ?? throw new TestbedException(
            "No cgroup v2 hierarchy is mounted on this machine; mount one (mount -t cgroup2 none /sys/fs/cgroup/unified)."
        );
}
