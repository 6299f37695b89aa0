using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>A directory of the node as workspace; it is the node's, and stays as the agent leaves it.</summary>
public sealed record HostPathSource
{
    /// <summary>
    /// The directory, no part of whose path is a symbolic link. It must be there, and the node's bridge must allow to write it
    /// (--allow-volume PREFIX:rw), or the run ends with VolumeDenied. The agent is the user of the node's Podman then.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.PlainPath, Sentences.PlainPath)]
    public string? Path { get; init; }
}
