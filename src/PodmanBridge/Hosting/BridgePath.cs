using System.CommandLine.Parsing;
using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>
/// Options that name a file or a directory. A path becomes absolute when it is read, so that it means the same whenever it is used. Podman
/// makes the paths of bind mounts absolute itself, so that a relative one would make the container differ from its spec.
/// </summary>
internal static partial class BridgePath
{
    /// <summary>The placeholder in the help. Each option with this placeholder contains an absolute path once it is parsed.</summary>
    public const string HelpName = "PATH";

    private const int Read = 4;
    private const int Execute = 1;

    /// <summary>Reads the value: absolute, and in one spelling.</summary>
    public static string? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal))
        {
            return Absolute(text);
        }

        result.AddError(
            $"{(result.Parent as OptionResult)?.Option.Name ?? "The option"} needs the path of a file or folder, but is empty."
        );
        return null;
    }

    /// <summary>A path as Podman would spell it: absolute, without dots and without a slash at its end.</summary>
    public static string Absolute(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Whether this process, and so the engine of its user, may read the file.</summary>
    public static bool IsReadable(string path) => Access(path, Read) == 0;

    /// <summary>Whether this process may run the file; not on a file system that is mounted noexec either.</summary>
    public static bool IsExecutable(string path) => Access(path, Execute) == 0;

    /// <summary>Whether any user may run the file: in a container it is another user that does.</summary>
    public static bool IsForAll(string path) =>
        File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).HasFlag(UnixFileMode.OtherExecute);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
