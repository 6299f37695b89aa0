using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>Decides from its text whether the node's admin allows a host path. Pure.</summary>
internal static class HostPathRules
{
    /// <summary>
    /// The permission that covers the path. One is enough: a narrower prefix does not restrict a wider one, which reaches the same
    /// files.
    /// </summary>
    public static AllowedVolume? Permission(HostPathRequest request, IReadOnlyList<AllowedVolume> allowed) =>
        allowed.FirstOrDefault(permission => permission.Covers(request.HostPath) && !(request.Writable && permission.ReadOnly));

    /// <summary>Why no permission covers the path, as a sentence that says what would allow it.</summary>
    public static string Denial(HostPathRequest request, IReadOnlyList<AllowedVolume> allowed, string node)
    {
        var path = request.HostPath;
        if (!request.Writable)
        {
            return $"{request.Field} {path} is not allowed on node {node}; its bridge allows what lies below a --allow-volume PREFIX, such as --allow-volume {path}.";
        }

        return allowed.Any(permission => permission.Covers(path))
            ? $"{request.Field} {path} may only be read on node {node}; mount it with readOnly: true, or let its bridge allow to write it with --allow-volume {path}:rw."
            : $"{request.Field} {path} is not allowed on node {node}; its bridge allows to write what lies below a --allow-volume PREFIX:rw, such as --allow-volume {path}:rw.";
    }
}
