using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// What runs may use of a node, as its admin told the bridge. The bridge enforces it; the scheduler only avoids nodes that would refuse.
/// </summary>
internal sealed record NodePermissions
{
    /// <summary>The volumes that runs may mount.</summary>
    public IReadOnlyList<NodeVolume> Volumes { get; init; } = [];

    /// <summary>The Podman secrets that runs may use.</summary>
    public IReadOnlyList<string> PodmanSecrets { get; init; } = [];

    /// <summary>Whether the node clones repositories.</summary>
    public bool ClonesGit { get; init; }

    /// <summary>
    /// The permissions of a node, from its bridge or from the status that the last leader wrote; null if neither is known.
    /// </summary>
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

    /// <summary>Whether a run may mount the path, for reading or also for writing.</summary>
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
