using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Configuration;

/// <summary>A permission of the node's admin to mount what is at the prefix or below it.</summary>
/// <param name="PathPrefix">
/// An absolute path without links, compared part by part: <c>/data</c> is not a prefix of <c>/database</c>.
/// </param>
/// <param name="ReadOnly">Whether runs may only read.</param>
internal sealed record AllowedVolume(string PathPrefix, bool ReadOnly)
{
    /// <summary>Reads <c>PREFIX</c>, <c>PREFIX:ro</c> or <c>PREFIX:rw</c>; returns null for anything else.</summary>
    public static AllowedVolume? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var (path, mode) = colon < 0 ? (text, "ro") : (text[..colon], text[(colon + 1)..]);
        return mode is "ro" or "rw" && MountPaths.Normalise(path) is { } prefix ? new AllowedVolume(prefix, mode == "ro") : null;
    }

    /// <summary>Whether the path is the prefix or lies below it.</summary>
    public bool Covers(string path) => HostPathText.Holds(PathPrefix, path);
}
