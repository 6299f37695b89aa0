namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Reads the kernel's tables (proc(5)). A name that a process chose stands in them with its carriage returns, so that only a newline ends a
/// line.
/// </summary>
internal static class ProcFile
{
    /// <summary>The lines of a file.</summary>
    /// <exception cref="IOException">It cannot be read, or its process is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<string> Lines(string path) => File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
