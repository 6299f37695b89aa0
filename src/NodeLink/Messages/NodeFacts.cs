using Stromboli.Crds.Nodes;

namespace Stromboli.NodeLink.Messages;

/// <summary>What a node reports about itself.</summary>
public sealed record NodeFacts
{
    /// <summary>The version of the bridge.</summary>
    public required string BridgeVersion { get; init; }

    /// <summary>The version of Podman.</summary>
    public string? PodmanVersion { get; init; }

    /// <summary>The version of the agent's CLI on the node; null if the node has none.</summary>
    public string? CliVersion { get; init; }

    /// <summary>The operating system, such as <c>Debian GNU/Linux 13</c>.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The processor architecture, such as <c>amd64</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>The kernel release.</summary>
    public string? Kernel { get; init; }

    /// <summary>Whether Podman runs without root.</summary>
    public bool Rootless { get; init; }

    /// <summary>The version of control groups: <c>v1</c> or <c>v2</c>.</summary>
    public string? CgroupVersion { get; init; }

    /// <summary>The limits that the node can enforce: any of <c>cpu</c>, <c>memory</c>, <c>pids</c> and <c>ephemeralStorage</c>.</summary>
    public IReadOnlyList<string> EnforcedLimits { get; init; } = [];

    /// <summary>Whether the node accepts runs although it cannot enforce all their limits (<c>--allow-unenforced-limits</c>).</summary>
    public bool AllowsUnenforcedLimits { get; init; }

    /// <summary>The paths of the node that runs can mount, at most <see cref="NodeLimits.AllowedVolumes"/>.</summary>
    public IReadOnlyList<NodeVolume> AllowedVolumes { get; init; } = [];

    /// <summary>The Podman secrets of the node that runs can use, at most <see cref="NodeLimits.AllowedPodmanSecrets"/>.</summary>
    public IReadOnlyList<string> AllowedPodmanSecrets { get; init; } = [];

    /// <summary>Whether the node clones Git repositories.</summary>
    public bool ClonesGit { get; init; }

    /// <summary>The processor time, in thousandths of a core.</summary>
    public long CpuMillis { get; init; }

    /// <summary>The memory, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The number of processes and threads for all runs of the node together; null if the bridge does not report it.</summary>
    public int? Pids { get; init; }

    /// <summary>The largest number of processes and threads for one run; null if the bridge does not report it.</summary>
    public int? RunPids { get; init; }

    /// <summary>The largest number of runs at the same time.</summary>
    public int MaxRuns { get; init; }

    /// <summary>The labels that the node reports. The operator adds them only under <c>node.stromboli.dev/</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>An explanation in one sentence if less disk space is free than the bridge reserves; null if there is enough.</summary>
    public string? DiskPressure { get; init; }

    /// <summary>An explanation in one sentence if Podman cannot be used; null if it can.</summary>
    public string? Problem { get; init; }
}

/// <summary>The facts of the node have changed.</summary>
public sealed record FactsChanged : BridgeMessage
{
    /// <summary>All facts, not the difference.</summary>
    public required NodeFacts Facts { get; init; }
}
