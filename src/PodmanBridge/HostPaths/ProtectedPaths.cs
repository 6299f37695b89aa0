using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>
/// Paths that are never mounted, whatever prefix is allowed: those of the kernel, those that change with each boot, those of the bridge and
/// its engine, and everything in the user's home that begins with a dot (keys, tokens, configuration that runs at login). Directories above
/// them are not mounted either, because they contain them.
/// </summary>
internal sealed class ProtectedPaths
{
    private static readonly string[] Kernel = ["/proc", "/sys", "/dev", "/run", "/var/run"];

    private readonly string[] _own;
    private readonly string? _home;

    /// <param name="own">Files and directories of the bridge and its engine. Those that do not exist are compared by their text.</param>
    /// <param name="home">The home of the bridge's user; null if it has none.</param>
    public ProtectedPaths(IEnumerable<string> own, string? home)
    {
        _own =
        [
            .. own.SelectMany(path => new[] { Path.GetFullPath(path).TrimEnd('/'), RealPath.Of(path) })
                .OfType<string>()
                .Where(path => path.Length > 1)
                .Distinct(StringComparer.Ordinal),
        ];
        _home = home is null ? null : RealPath.Of(home) ?? home;
    }

    /// <summary>The bridge's own files and directories.</summary>
    public static IEnumerable<string> Of(BridgeOptions options) =>
        [
            options.StateDirectory,
            options.RunDirectory,
            Path.GetDirectoryName(Path.GetFullPath(options.PodmanSocket))!,
            options.PodmanSocket,
            options.TokenFile,
            options.CaFile,
            options.Shim,
            AppContext.BaseDirectory,
            .. options.Claude is { } claude ? [claude] : Array.Empty<string>(),
        ];

    /// <summary>Why the path is never mounted, as the end of a sentence; null when it may be.</summary>
    public string? Problem(string path) => TextProblem(path) ?? IdentityProblem(path);

    /// <summary>Whether nothing at or below the path can ever be mounted, so that to allow it is a mistake.</summary>
    public string? PrefixProblem(string prefix)
    {
        if (prefix == "/")
        {
            return "is the root of the file system";
        }

        if (Kernel.FirstOrDefault(kernel => HostPathText.Holds(kernel, prefix)) is { } kernel)
        {
            return $"lies in {kernel}";
        }

        return _own.FirstOrDefault(own => HostPathText.Holds(own, prefix)) is { } hit
            ? $"lies in {hit}, which is the bridge's or its engine's own"
            : HomeProblem(prefix);
    }

    private string? TextProblem(string path)
    {
        if (path == "/")
        {
            return "is the root of the file system";
        }

        if (Kernel.FirstOrDefault(kernel => HostPathText.Meet(kernel, path)) is { } kernel)
        {
            return $"meets {kernel}";
        }
        // The author of a run must not learn these paths.
        return _own.Any(own => HostPathText.Meet(own, path))
            ? "meets files of the node's bridge or of its engine"
            : HomeProblem(path, whole: true);
    }

    private string? HomeProblem(string path, bool whole = false)
    {
        if (_home is null || (!HostPathText.Holds(_home, path) && !HostPathText.Holds(path, _home)))
        {
            return null;
        }

        if (HostPathText.Holds(path, _home))
        {
            return whole ? "holds the home of the bridge's user, with its keys and its configuration" : null;
        }

        return path.AsSpan(_home.Length).TrimStart('/').StartsWith('.')
            ? "lies in a hidden file or directory of the home of the bridge's user"
            : null;
    }

    // A bind mount may show the same directory at another path, so the directories are compared and not their paths.
    private string? IdentityProblem(string path)
    {
        var upwards = HostPathText.Upwards(path).Select(IdentityOf).OfType<FileIdentity>().ToHashSet();
        var self = IdentityOf(path);
        foreach (var own in Kernel.Concat(_own).Concat(Hidden()))
        {
            if (IdentityOf(own) is { } identity && upwards.Contains(identity))
            {
                return "is another way to what the node's bridge or the system has to itself";
            }

            if (self is not null && HostPathText.Upwards(own).Any(above => IdentityOf(above) == self))
            {
                return "is another way to a directory that holds what the node's bridge or the system has to itself";
            }
        }

        return null;
    }

    private IEnumerable<string> Hidden()
    {
        try
        {
            return _home is null ? [] : [.. Directory.EnumerateFileSystemEntries(_home, ".*")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static FileIdentity? IdentityOf(string path) => FileIdentity.TryOf(path);
}
