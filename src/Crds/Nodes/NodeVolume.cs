using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Nodes;

/// <summary>What runs may mount of the node: a path with all below it.</summary>
public sealed record NodeVolume
{
    /// <summary>An absolute path, compared part by part: /data is no prefix of /database.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    public string? PathPrefix { get; init; }

    /// <summary>Whether it may only be read.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Whether the path may be mounted by it, to read or also to write.</summary>
    public bool Allows(string path, bool write) =>
        PathPrefix is { } prefix
        && (!write || ReadOnly == false)
        && (prefix == "/" || (path + "/").StartsWith(prefix + "/", StringComparison.Ordinal));
}
