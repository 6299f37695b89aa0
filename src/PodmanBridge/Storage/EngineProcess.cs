using System.Globalization;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Finds a process in the engine's user namespace by what the kernel says about it: the engine itself or the process that keeps the
/// namespace. The peer of the engine's socket does not tell, because that may be systemd.
/// </summary>
internal static class EngineProcess
{
    private const string Proc = "/proc";

    // Distributions give a user 65,536 subordinate ids. No other kind of user namespace of this user has so many.
    private const long LeastIds = 60_000;

    /// <summary>The process's pid; null if there is none that this process may inspect.</summary>
    public static int? Find()
    {
        var own = NamespaceOf("self");
        foreach (var directory in Directory.EnumerateDirectories(Proc))
        {
            if (
                int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && NamespaceOf(Path.GetFileName(directory)) is { } other
                && other != own
                && IsEngine(directory)
            )
            {
                return pid;
            }
        }

        return null;
    }

    /// <summary>Whether the text, as in <c>/proc/PID/uid_map</c>, maps the root of the namespace and many more.</summary>
    internal static bool IsEngineMap(string map)
    {
        long ids = 0;
        var root = false;
        foreach (var line in map.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length != 3 || !long.TryParse(numbers[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return false;
            }

            ids += count;
            root |= numbers[0] == "0";
        }

        return root && ids >= LeastIds;
    }

    private static string? NamespaceOf(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(Proc, process, "ns", "user")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process belongs to another user, or is gone.
            return null;
        }
    }

    private static bool IsEngine(string directory)
    {
        try
        {
            return IsEngineMap(File.ReadAllText(Path.Combine(directory, "uid_map")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
