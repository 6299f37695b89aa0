namespace Stromboli.Crds.Nodes;

/// <summary>Whether the Claude Code CLI can run in an image, from what is in it.</summary>
public enum ImageCompatibility
{
    /// <summary>Not looked at yet, or the node has no CLI.</summary>
    Unknown,

    /// <summary>The image has what the node's CLI is linked to.</summary>
    Compatible,

    /// <summary>It has not: no libc, musl, or for another kind of machine. A command can still run in it.</summary>
    Incompatible,
}
