using System.Globalization;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>
/// How many processes and threads the node's runs may have in total by default. Each agent has its own user, but the kernel also counts
/// everything in the engine's user namespace against the engine's user (user_namespaces(7), RLIMIT_NPROC in setrlimit(2)). So the total of
/// all runs must fit into the limit of that one user.
/// </summary>
internal static class ProcessCapacity
{
    /// <summary>The kernel's own kernel.pid_max, if this machine tells nothing.</summary>
    private const long UsualPidMax = 32_768;

    private const string UserLimit = "Max processes";

    /// <summary>Of this machine, as the bridge finds it.</summary>
    public static int OfMachine() => Of(Bounds("/"));

    /// <summary>
    /// Three quarters of the lowest bound. The rest is for the engine, the monitor of each container, the bridge, and whatever else its
    /// user or the machine runs.
    /// </summary>
    public static int Of(IEnumerable<long> bounds) => (int)Math.Min(int.MaxValue, bounds.DefaultIfEmpty(UsualPidMax).Min() / 4 * 3);

    /// <summary>The bounds for the engine's user: those of the kernel, of the user, and of the cgroups above the bridge's.</summary>
    /// <param name="root">Where <c>proc</c> and <c>sys</c> are.</param>
    internal static IEnumerable<long> Bounds(string root)
    {
        var texts = new List<string?> { Read(root, "proc/sys/kernel/pid_max"), Read(root, "proc/sys/kernel/threads-max"), SoftLimit(root) };
        texts.AddRange(CgroupsAbove(root).Select(folder => Read(root, $"{folder}/pids.max")));
        // A missing file, "max" and "unlimited" are not bounds.
        return texts
            .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bound) ? bound : 0)
            .Where(bound => bound > 0);
    }

    // "Max processes             63432                63432                processes"
    private static string? SoftLimit(string root) =>
        Read(root, "proc/self/limits")
            ?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(UserLimit, StringComparison.Ordinal))
            ?[UserLimit.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];

    // The bridge's own cgroup, such as that of a systemd unit, is not the engine's. The cgroups above it are the user's or the machine's.
    private static IEnumerable<string> CgroupsAbove(string root)
    {
        foreach (var line in Read(root, "proc/self/cgroup")?.Split('\n') ?? [])
        {
            if (line.Split(':', 3) is not [_, var controllers, var path] || path.Contains("..", StringComparison.Ordinal))
            {
                continue;
            }

            var hierarchy =
                controllers.Length == 0 ? "sys/fs/cgroup"
                : controllers.Split(',').Contains("pids") ? "sys/fs/cgroup/pids"
                : null;
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (var length = 1; hierarchy is not null && length < parts.Length; length++)
            {
                yield return $"{hierarchy}/{string.Join('/', parts.Take(length))}";
            }
        }
    }

    private static string? Read(string root, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
