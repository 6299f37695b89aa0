using Stromboli.PodmanBridge.Configuration;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>What the bridge's configuration says of the node.</summary>
internal sealed record NodeFactsOptions
{
    /// <summary>The version of the bridge.</summary>
    public required string BridgeVersion { get; init; }

    /// <summary>Podman's socket.</summary>
    public required string PodmanSocket { get; init; }

    /// <summary>The directory of the CLI; null when the node has none.</summary>
    public string? ClaudeDirectory { get; init; }

    /// <summary>How many runs the node takes at once.</summary>
    public required int MaxRuns { get; init; }

    /// <summary>Thousandths of a processor that runs may have together; null for all the machine has.</summary>
    public long? CpuMillis { get; init; }

    /// <summary>Bytes of memory that runs may have together; null for all the machine has.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes and threads that runs may have together; null if that is not told.</summary>
    public int? Pids { get; init; }

    /// <summary>Processes and threads that one run may have; null if that is not told.</summary>
    public int? RunPids { get; init; }

    /// <summary>Whether the node takes runs although it cannot enforce all their limits.</summary>
    public required bool AllowsUnenforcedLimits { get; init; }

    /// <summary>What runs may mount of the node.</summary>
    public IReadOnlyList<AllowedVolume> AllowedVolumes { get; init; } = [];

    /// <summary>The Podman secrets that runs may have.</summary>
    public IReadOnlyList<string> AllowedPodmanSecrets { get; init; } = [];

    /// <summary>Whether the node clones repositories.</summary>
    public bool ClonesGit { get; init; }

    /// <summary>What the node calls itself.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
