using Stromboli.Crds.Nodes;

namespace Stromboli.NodeLink.Messages;

/// <summary>What a node says of itself.</summary>
public sealed record NodeFacts
{
    /// <summary>The version of the bridge.</summary>
    public required string BridgeVersion { get; init; }

    /// <summary>The version of Podman.</summary>
    public string? PodmanVersion { get; init; }

    /// <summary>The version of the agent's CLI on the node; null if the node has none.</summary>
    public string? CliVersion { get; init; }

    /// <summary>For example <c>Debian GNU/Linux 13</c>.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>For example <c>amd64</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>The kernel's release.</summary>
    public string? Kernel { get; init; }

    /// <summary>Whether Podman runs without root.</summary>
    public bool Rootless { get; init; }

    /// <summary><c>v1</c> or <c>v2</c>.</summary>
    public string? CgroupVersion { get; init; }

    /// <summary>The limits that the node can enforce, out of <c>cpu</c>, <c>memory</c>, <c>pids</c> and <c>ephemeralStorage</c>.</summary>
    public IReadOnlyList<string> EnforcedLimits { get; init; } = [];

    /// <summary>Whether the node takes runs although it cannot enforce all their limits (<c>--allow-unenforced-limits</c>).</summary>
    public bool AllowsUnenforcedLimits { get; init; }

    /// <summary>What runs may mount of the node; at most <see cref="NodeLimits.AllowedVolumes"/>.</summary>
    public IReadOnlyList<NodeVolume> AllowedVolumes { get; init; } = [];

    /// <summary>The secrets of the node's Podman that runs may have; at most <see cref="NodeLimits.AllowedPodmanSecrets"/>.</summary>
    public IReadOnlyList<string> AllowedPodmanSecrets { get; init; } = [];

    /// <summary>Whether the node clones repositories.</summary>
    public bool ClonesGit { get; init; }

    /// <summary>The processors, in thousandths of one.</summary>
    public long CpuMillis { get; init; }

    /// <summary>The memory, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Processes and threads that the node's runs may have together; null if the bridge does not say.</summary>
    public int? Pids { get; init; }

    /// <summary>The most of these that one run may have; null if the bridge does not say.</summary>
    public int? RunPids { get; init; }

    /// <summary>How many runs the node takes at once.</summary>
    public int MaxRuns { get; init; }

    /// <summary>What the node calls itself; the operator puts them under <c>node.stromboli.dev/</c> only.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>One sentence when the disk has less free than is to be kept free; null when it has enough.</summary>
    public string? DiskPressure { get; init; }

    /// <summary>One sentence when the engine cannot be used; null when all is well.</summary>
    public string? Problem { get; init; }
}
