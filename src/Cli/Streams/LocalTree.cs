using System.Buffers;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Streams;

/// <summary>
/// The place on this machine into which files of a workspace are copied. The agent chose their names, so a name may be made to lead
/// elsewhere. Nothing is ever written outside of the place, or through a symbolic link in it.
/// </summary>
internal static class LocalTree
{
    private static readonly SearchValues<char> ForWindows = SearchValues.Create("\\:*?\"<>|");

    /// <summary>Why a name of the agent must not become a name here; null if it may.</summary>
    public static string? Refusal(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "it has no name";
        }

        if (name is "." or ".." || name.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            return "its name leads to another directory";
        }

        if (name.Equals(".git", StringComparison.OrdinalIgnoreCase))
        {
            return "the hooks and settings of a repository would run commands here";
        }

        // What Windows takes for a separator, a drive or a device, also on other systems: a copy may go there.
        return
            OperatingSystem.IsWindows() && (name.AsSpan().IndexOfAny(ForWindows) >= 0 || name.Any(char.IsControl) || name[^1] is '.' or ' ')
            ? "Windows has no such names"
            : null;
    }

    /// <summary>The path of a name in a folder.</summary>
    /// <exception cref="CliException">The name must not be used.</exception>
    public static string Child(string folder, string? name) =>
        Refusal(name) is { } refusal
            ? throw new CliException($"'{SafeText.Line(name)}' is not copied: {refusal}")
            : Path.Combine(folder, name!);

    /// <summary>Makes a directory, unless it is there.</summary>
    /// <exception cref="CliException">Something else has its name, for example a link.</exception>
    public static void EnsureDirectory(string path)
    {
        RefuseLink(path);
        if (File.Exists(path))
        {
            throw new CliException($"'{SafeText.Line(path)}' is there and is not a directory");
        }

        Directory.CreateDirectory(path);
    }

    /// <summary>Refuses a symbolic link.</summary>
    /// <exception cref="CliException">The path is one.</exception>
    public static void RefuseLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new CliException($"'{SafeText.Line(path)}' is a symbolic link, which is not written through");
        }
    }

    /// <summary>Opens a new file beside the path, under a name that nothing has.</summary>
    public static FileStream CreatePart(string path, out string part)
    {
        RefuseLink(path);
        if (Directory.Exists(path))
        {
            throw new CliException($"'{SafeText.Line(path)}' is a directory");
        }

        part = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".stromboli-{Guid.NewGuid():N}.part");
        return new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }
}
