using System.Globalization;
using System.Text.RegularExpressions;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>The mounts of a process and their paths (proc(5), mountinfo).</summary>
internal sealed partial class MountTable
{
    /// <summary>File systems that expose the kernel, wherever they are mounted.</summary>
    private static readonly HashSet<string> Pseudo = new(StringComparer.Ordinal)
    {
        "proc",
        "sysfs",
        "devtmpfs",
        "devpts",
        "cgroup",
        "cgroup2",
        "securityfs",
        "debugfs",
        "tracefs",
        "bpf",
        "configfs",
        "pstore",
        "efivarfs",
        "mqueue",
        "fusectl",
        "binfmt_misc",
        "rpc_pipefs",
        "nsfs",
        "selinuxfs",
        "autofs",
    };

    private readonly List<(string Path, string Type)> _mounts;

    private MountTable(List<(string, string)> mounts) => _mounts = mounts;

    /// <summary>The mounts of this process.</summary>
    public static MountTable Read() => Parse(ProcFile.Lines("/proc/self/mountinfo"));

    /// <summary>Parses the mounts from these lines.</summary>
    public static MountTable Parse(IEnumerable<string> lines)
    {
        var mounts = new List<(string, string)>();
        foreach (var line in lines)
        {
            var parts = line.Split(' ');
            var dash = parts.Length > 6 ? Array.IndexOf(parts, "-", 6) : -1;
            if (dash > 0 && dash + 1 < parts.Length)
            {
                mounts.Add((Unescape(parts[4]), parts[dash + 1]));
            }
        }

        return new MountTable(mounts);
    }

    /// <summary>Why the path cannot be mounted, as the end of a sentence; null when it can.</summary>
    public string? Problem(string path)
    {
        var over = ("/", "");
        foreach (var mount in _mounts.Where(mount => HostPathText.Holds(mount.Path, path) && mount.Path.Length >= over.Item1.Length))
        {
            over = mount;
        }

        if (Pseudo.Contains(over.Item2))
        {
            return $"lies in a file system of the kernel ({over.Item2})";
        }
        // An unprivileged engine can mount a directory only together with the mounts below it, and those are not allowed.
        return
            _mounts.Where(mount => mount.Path != path && HostPathText.Holds(path, mount.Path)).Select(mount => mount.Path).FirstOrDefault()
                is { } below
            ? $"has another file system mounted in it, at {below}"
            : null;
    }

    private static string Unescape(string text) =>
        Octal().Replace(text, match => ((char)Convert.ToInt32(match.Groups["digits"].Value, 8)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\\(?<digits>[0-7]{3})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Octal();
}
