using System.Buffers;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>Where a run may put its workspace and start its agent.</summary>
internal static class MountPaths
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-"
    );

    private static readonly string[] Reserved = ["/run/stromboli", "/opt/stromboli", "/proc", "/sys", "/dev"];

    private static readonly string[] OwnMounts = ["/tmp", "/run", "/var/tmp"];

    /// <summary>The problem with the paths, as one sentence for a person; null if there is none.</summary>
    public static string? Problem(string mountPath, string workdir) => MountProblem(mountPath) ?? WorkdirProblem(workdir);

    /// <summary>
    /// The path without empty and <c>.</c> segments and without a slash at its end; null if the path is not absolute or has a <c>..</c>
    /// segment.
    /// </summary>
    public static string? Normalise(string path)
    {
        if (!path.StartsWith('/'))
        {
            return null;
        }

        var parts = path.Split('/').Where(p => p is not ("" or ".")).ToArray();
        return parts.Contains("..", StringComparer.Ordinal) ? null : "/" + string.Join('/', parts);
    }

    private static string? MountProblem(string path)
    {
        const string Field = "workspace.mountPath";
        if (FormProblem(Field, path) is { } problem)
        {
            return problem;
        }

        var normal = Normalise(path)!;
        if (OwnMounts.Contains(normal, StringComparer.Ordinal))
        {
            return $"{Field} may not be {normal}, which every container has as a file system of its own.";
        }

        return OverlapProblem(Field, normal, [.. Reserved, MountPoints.Home]);
    }

    private static string? WorkdirProblem(string path) =>
        FormProblem("workdir", path) ?? OverlapProblem("workdir", Normalise(path)!, Reserved);

    internal static string? FormProblem(string field, string path)
    {
        if (path.AsSpan().ContainsAnyExcept(Allowed))
        {
            return $"{field} may have only letters, digits, '/', '_', '.' and '-'.";
        }

        return Normalise(path) switch
        {
            null => $"{field} must be an absolute path without '..'.",
            "/" => $"{field} may not be the root of the file system.",
            _ => null,
        };
    }

    private static string? OverlapProblem(string field, string path, IEnumerable<string> reserved)
    {
        var hit = reserved.FirstOrDefault(r => Contains(r, path) || Contains(path, r));
        return hit is null ? null : $"{field} {path} overlaps {hit}, which is reserved.";
    }

    private static bool Contains(string outer, string inner) =>
        inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] == '/');
}
