using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Nodes;

/// <summary>What the node is and does. Written only by the operator, from what the node's bridge reports.</summary>
public sealed record AgentNodeStatus
{
    /// <summary>The metadata.generation that this status speaks of; -1 until the operator has seen the node.</summary>
    [Bounds(-1, StatusLimits.Count)]
    public long? ObservedGeneration { get; init; }

    /// <summary>
    /// Ready: the bridge is connected and its Podman answers. Schedulable: new runs may be placed there. DiskPressure: its disk is short of
    /// space. ImagesPulled: spec.prePullImages are there.
    /// </summary>
    [Items(StatusLimits.Conditions)]
    [ListMap("type")]
    public List<Condition>? Conditions { get; init; }

    /// <summary>Version of Podman, such as 5.4.2.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? PodmanVersion { get; init; }

    /// <summary>Version of the bridge.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? BridgeVersion { get; init; }

    /// <summary>Version of the Claude Code CLI that runs there.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CliVersion { get; init; }

    /// <summary>Operating system, such as Debian GNU/Linux 13.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? OperatingSystem { get; init; }

    /// <summary>Processor architecture, such as amd64.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Architecture { get; init; }

    /// <summary>Release of the kernel, as uname -r says it.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Kernel { get; init; }

    /// <summary>Whether Podman runs without root.</summary>
    public bool? Rootless { get; init; }

    /// <summary>Version of control groups: v1 or v2.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CgroupVersion { get; init; }

    /// <summary>Limits that the node enforces: cpu, memory, pids, and ephemeralStorage (with workspace.emptyDir.sizeLimit).</summary>
    [Items(NodeLimits.EnforcedLimits, TextMax = StatusLimits.Word)]
    public List<string>? EnforcedLimits { get; init; }

    /// <summary>Paths of the node that runs may mount (--allow-volume of its bridge).</summary>
    [Items(NodeLimits.AllowedVolumes)]
    public List<NodeVolume>? AllowedVolumes { get; init; }

    /// <summary>Secrets of the node's Podman that runs may have (--allow-podman-secret of its bridge), by name.</summary>
    [Items(NodeLimits.AllowedPodmanSecrets, TextMax = StatusLimits.Word)]
    public List<string>? AllowedPodmanSecrets { get; init; }

    /// <summary>Whether runs may have workspace.git there (--git-image of its bridge).</summary>
    public bool? ClonesGit { get; init; }

    /// <summary>What the node has for runs.</summary>
    public NodeResources? Capacity { get; init; }

    /// <summary>What of it runs have taken.</summary>
    public NodeResources? Allocated { get; init; }

    /// <summary>Runs there and runs at most, such as 3/8.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Runs { get; init; }

    /// <summary>
    /// The images that are there, at most 50: those that runs used last, by name. What they hold was read from the images themselves.
    /// </summary>
    [Items(NodeLimits.Images)]
    [ListMap("name")]
    public List<NodeImage>? Images { get; init; }

    /// <summary>When the bridge last connected; absent while it is not connected.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? ConnectedSince { get; init; }

    /// <summary>
    /// The labels that node selectors go by: an admin's, the cluster's, and under node.stromboli.dev/ what the node says of itself.
    /// </summary>
    [Entries(StatusLimits.Labels, StatusLimits.Word)]
    public Dictionary<string, string>? Labels { get; init; }
}
