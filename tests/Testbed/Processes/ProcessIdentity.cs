using System.Globalization;

namespace Stromboli.Testbed.Processes;

/// <summary>Identifies a process for certain: pids are reused, but not a pid with its start time.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTime">Clock ticks after boot, field 22 of <c>/proc/PID/stat</c> (proc(5)).</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTime)
{
    /// <summary>Whether exactly this process still exists and is not a zombie.</summary>
    public bool IsAlive => ReadStat(Pid) is { } stat && stat.StartTime == StartTime && stat.State is not ('Z' or 'X');

    /// <summary>The identity of the process that has this pid now; null when there is none.</summary>
    public static ProcessIdentity? Of(int pid) => ReadStat(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTime) : null;

    /// <summary>Reads what <see cref="Save"/> wrote; null if there is nothing valid.</summary>
    public static ProcessIdentity? Load(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var parts = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return
            parts.Length == 2
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var pid)
            && ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out var start)
            ? new ProcessIdentity(pid, start)
            : null;
    }

    /// <summary>Writes the identity to a file of its own.</summary>
    public void Save(string path) => File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTime}\n"));

    /// <summary>Sends a signal if this process still exists.</summary>
    /// <returns>Whether it was sent.</returns>
    public bool Signal(int signal) => IsAlive && Libc.Kill(Pid, signal) == 0;

    private static (char State, ulong StartTime)? ReadStat(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }

        // The name may hold spaces and parentheses; the fields after the last ')' begin with the third, the state.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (fields[0][0], ulong.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
