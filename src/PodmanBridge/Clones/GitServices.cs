using Stromboli.Gateway.Git;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>What clones repositories on this node.</summary>
internal sealed class GitServices
{
    /// <summary>The way to repositories.</summary>
    public required GitGateway Gateway { get; init; }

    /// <summary>The image that git is in; null on a node that clones nothing.</summary>
    public required string? Image { get; init; }
}
