using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// The run directory of a clone's container, beside that of its agent's: the agent's own never has the way to the repository in it.
/// </summary>
internal static class CloneDirectory
{
    /// <summary>What its name has behind the attempt's.</summary>
    public const string Suffix = "-clone";

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where it is.</summary>
    public static string Of(string runRoot, AttemptKey key) => Path.Combine(runRoot, key + Suffix);

    /// <summary>Makes it.</summary>
    public static void Create(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Mode);
    }

    /// <summary>Removes it, if it is there.</summary>
    public static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
