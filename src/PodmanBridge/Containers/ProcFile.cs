namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Reads the kernel's tables (proc(5)). They contain names that processes chose, including carriage returns, so only a newline ends a line.
/// </summary>
internal static class ProcFile
{
    /// <summary>The lines of a file.</summary>
    /// <exception cref="IOException">The file cannot be read, or its process is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">The bridge may not read the file.</exception>
    public static IReadOnlyList<string> Lines(string path) => File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
