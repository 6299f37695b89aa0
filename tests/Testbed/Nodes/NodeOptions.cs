using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Nodes;

/// <summary>How a node of a stack is made and its bridge started.</summary>
public sealed record NodeOptions
{
    /// <summary>
    /// <c>--allow-unenforced-limits</c>: where the controllers belong to cgroup v1, no rootless limit can be enforced.
    /// </summary>
    public bool AllowUnenforcedLimits { get; init; } = true;

    /// <summary>The root of the node: which Debian, which Podman.</summary>
    public Artefact Root { get; init; } = Artefacts.NodeRoot;

    /// <summary><c>--max-runs</c>; the bridge's default if null.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>
    /// <c>--cpu</c>; all processors of the machine if null. Then the number of runs that fit depends on the machine.
    /// </summary>
    public string? Cpu { get; init; }

    /// <summary><c>--memory</c>; all memory of the machine if null.</summary>
    public string? Memory { get; init; }

    /// <summary><c>--parallel-starts</c>; the bridge's default if null.</summary>
    public int? ParallelStarts { get; init; }

    /// <summary>Labels that the bridge reports for its node (<c>--label</c>).</summary>
    public IReadOnlyDictionary<string, string> BridgeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Trusted labels: <c>spec.labels</c> of the AgentNode, which an admin makes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } =
        new Dictionary<string, string> { ["stromboli.dev/pool"] = "default" };

    /// <summary>Whether the bridge dials through a <see cref="LinkRelay"/>, which a test can cut.</summary>
    public bool Relayed { get; init; } = true;

    /// <summary>Further environment variables of the bridge.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further folders of this machine that appear in the node.</summary>
    public IReadOnlyList<NodeMount> Mounts { get; init; } = [];

    /// <summary>Names of further hosts that the node resolves, with their addresses.</summary>
    public IReadOnlyDictionary<string, string> Hosts { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--allow-volume</c>: what runs may mount of the node.</summary>
    public IReadOnlyList<string> AllowedVolumes { get; init; } = [];

    /// <summary><c>--allow-podman-secret</c>, for secrets that are created on the node before its bridge starts: name and value.</summary>
    public IReadOnlyDictionary<string, string> PodmanSecrets { get; init; } = new Dictionary<string, string>();

    /// <summary>Any further flags of the bridge.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
