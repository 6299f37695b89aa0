namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Decides whether the first process of a container is the shim, and whether the shim can be in the state that it claims.
/// </summary>
internal static class FirstProcess
{
    private const int NoSuchEntry = 2;
    private const int NoSuchProcess = 3;
    private const int MountPoint = 4;

    /// <summary>
    /// Why a process cannot be the shim that the bridge mounted, as half a sentence; null if it is the shim. The executable alone is not
    /// enough: another program could run first, speak, and then execute the shim. That is impossible while the shim's path leads only
    /// through the image's own, read-only directories.
    /// </summary>
    /// <param name="pid">The process, numbered as on the node.</param>
    /// <param name="shim">The shim's file.</param>
    /// <exception cref="IOException">The process is gone.</exception>
    public static string? Problem(int pid, FileIdentity shim)
    {
        if (FileIdentity.TryOf($"/proc/{pid}/exe", out var error) != shim)
        {
            return error is NoSuchEntry or NoSuchProcess
                ? throw new IOException($"Process {pid} is gone.")
                : "its first process is not the shim";
        }

        try
        {
            return MountProblem(ProcFile.Lines($"/proc/{pid}/mountinfo"));
        }
        catch (UnauthorizedAccessException)
        {
            return "its mounts cannot be read";
        }
    }

    /// <summary>Why a program could have been mounted over the shim's path, as half a sentence; null if that is impossible.</summary>
    /// <param name="lines">The mounts of the container (proc(5), mountinfo).</param>
    public static string? MountProblem(IEnumerable<string> lines)
    {
        var over = lines.Select(line => line.Split(' ').ElementAtOrDefault(MountPoint) ?? "").Where(LeadsToShim).ToList();
        return over is [MountPoints.Shim] ? null
            : over.Contains(MountPoints.Shim) ? $"something else is mounted over {MountPoints.Shim}"
            : $"nothing is mounted at {MountPoints.Shim}";
    }

    /// <summary>Why a shim cannot be in the state that it claims, as half a sentence; null if it can.</summary>
    /// <param name="state">The claim.</param>
    /// <param name="released">Whether it is on record that the bridge let it go.</param>
    public static string? StateProblem(string state, bool released) =>
        state switch
        {
            ShimHello.Waiting => null,
            ShimHello.Hooks or ShimHello.Running or ShimHello.Exited => released
                ? null
                : $"its first process claims to be {state}, and was never let go",
            _ => "its first process claims a state that there is not",
        };

    private static bool LeadsToShim(string mountPoint) =>
        mountPoint == MountPoints.Shim
        || (mountPoint.Length > 1 && MountPoints.Shim.StartsWith(mountPoint + "/", StringComparison.Ordinal));
}
