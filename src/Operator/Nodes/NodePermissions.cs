using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// What a node's admin lets runs have of the node, as its bridge was told. The bridge keeps to it by itself; here it only says where a run
/// can go.
/// </summary>
internal sealed record NodePermissions
{
    /// <summary>What runs may mount.</summary>
    public IReadOnlyList<NodeVolume> Volumes { get; init; } = [];

    /// <summary>The Podman secrets that runs may have.</summary>
    public IReadOnlyList<string> PodmanSecrets { get; init; } = [];

    /// <summary>Whether it clones repositories.</summary>
    public bool ClonesGit { get; init; }

    /// <summary>Those of a node: what its bridge says, or what the last leader wrote of it; null if neither is known.</summary>
    public static NodePermissions? Of(NodeFacts? facts, AgentNodeStatus? status) =>
        (facts, status) switch
        {
            ({ } f, _) => new()
            {
                Volumes = f.AllowedVolumes,
                PodmanSecrets = f.AllowedPodmanSecrets,
                ClonesGit = f.ClonesGit,
            },
            (null, { ClonesGit: { } git }) => new()
            {
                Volumes = status!.AllowedVolumes ?? [],
                PodmanSecrets = status.AllowedPodmanSecrets ?? [],
                ClonesGit = git,
            },
            _ => null,
        };

    /// <summary>Whether the path may be mounted, to read or also to write.</summary>
    public bool AllowsVolume(string path, bool write) => Volumes.Any(v => v.Allows(path, write));

    /// <inheritdoc/>
    public bool Equals(NodePermissions? other) =>
        other is not null
        && ClonesGit == other.ClonesGit
        && Volumes.SequenceEqual(other.Volumes)
        && PodmanSecrets.SequenceEqual(other.PodmanSecrets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ClonesGit, Volumes.Count, PodmanSecrets.Count);
}
