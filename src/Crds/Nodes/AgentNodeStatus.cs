using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Nodes;

/// <summary>The observed state of an AgentNode.</summary>
public sealed record AgentNodeStatus
{
    /// <summary>
    /// observedGeneration is the metadata.generation that this status describes. It is -1 until the operator has seen the node.
    /// </summary>
    [Bounds(-1, StatusLimits.Count)]
    public long? ObservedGeneration { get; init; }

    /// <summary>
    /// conditions are the latest observations of the node. Ready: the bridge is connected and its Podman answers. Schedulable: new runs can
    /// be scheduled to the node. DiskPressure: the node is short of disk space. ImagesPulled: all images of spec.prePullImages are on the
    /// node.
    /// </summary>
    [Items(StatusLimits.Conditions)]
    [ListMap("type")]
    public List<Condition>? Conditions { get; init; }

    /// <summary>podmanVersion is the version of Podman, such as 5.4.2.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? PodmanVersion { get; init; }

    /// <summary>bridgeVersion is the version of the bridge.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? BridgeVersion { get; init; }

    /// <summary>cliVersion is the version of the Claude Code CLI on the node.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CliVersion { get; init; }

    /// <summary>operatingSystem is the operating system, such as Debian GNU/Linux 13.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? OperatingSystem { get; init; }

    /// <summary>architecture is the processor architecture, such as amd64.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Architecture { get; init; }

    /// <summary>kernel is the kernel release, as uname -r prints it.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Kernel { get; init; }

    /// <summary>rootless is whether Podman runs without root.</summary>
    public bool? Rootless { get; init; }

    /// <summary>cgroupVersion is the version of control groups: v1 or v2.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CgroupVersion { get; init; }

    /// <summary>
    /// enforcedLimits lists the limits that the node enforces: cpu, memory, pids and ephemeralStorage (which includes
    /// workspace.emptyDir.sizeLimit).
    /// </summary>
    [Items(NodeLimits.EnforcedLimits, TextMax = StatusLimits.Word)]
    public List<string>? EnforcedLimits { get; init; }

    /// <summary>allowedVolumes lists the paths of the node that runs can mount (--allow-volume of its bridge).</summary>
    [Items(NodeLimits.AllowedVolumes)]
    public List<NodeVolume>? AllowedVolumes { get; init; }

    /// <summary>
    /// allowedPodmanSecrets lists the names of the Podman secrets of the node that runs can use (--allow-podman-secret of its bridge).
    /// </summary>
    [Items(NodeLimits.AllowedPodmanSecrets, TextMax = StatusLimits.Word)]
    public List<string>? AllowedPodmanSecrets { get; init; }

    /// <summary>clonesGit is whether runs with workspace.git can run on the node (--git-image of its bridge).</summary>
    public bool? ClonesGit { get; init; }

    /// <summary>capacity is the total amount of resources that the node has for runs.</summary>
    public NodeResources? Capacity { get; init; }

    /// <summary>allocated is the amount of resources that runs on the node have reserved.</summary>
    public NodeResources? Allocated { get; init; }

    /// <summary>runs is the current and the maximum number of runs, such as 3/8.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Runs { get; init; }

    /// <summary>
    /// images lists the images on the node, at most 50: the most recently used ones, sorted by name. Their details were read from the
    /// images themselves.
    /// </summary>
    [Items(NodeLimits.Images)]
    [ListMap("name")]
    public List<NodeImage>? Images { get; init; }

    /// <summary>connectedSince is when the bridge last connected. Unset while it is not connected.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? ConnectedSince { get; init; }

    /// <summary>
    /// labels are the labels that node selectors match: those of spec.labels, those of the Kubernetes node, and, under node.stromboli.dev/,
    /// those that the node reports.
    /// </summary>
    [Entries(StatusLimits.Labels, StatusLimits.Word)]
    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>Amounts of a node's resources.</summary>
public sealed record NodeResources
{
    /// <summary>cpu is the processor time in cores, such as 8 or 3500m.</summary>
    [TextLength(0, StatusLimits.Word)]
    public Quantity? Cpu { get; init; }

    /// <summary>memory is the memory in bytes, such as 32Gi.</summary>
    [TextLength(0, StatusLimits.Word)]
    public Quantity? Memory { get; init; }

    /// <summary>pids is the number of processes and threads. Unset if the node's bridge does not report it.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Pids { get; init; }

    /// <summary>runs is the number of runs at the same time.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Runs { get; init; }
}

/// <summary>A path of the node that runs can mount, with everything below it.</summary>
public sealed record NodeVolume
{
    /// <summary>pathPrefix is an absolute path. It is compared segment by segment: /data does not match /database.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    public string? PathPrefix { get; init; }

    /// <summary>readOnly is whether runs can only read the path.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Whether the path can be mounted, to be read or also to be written.</summary>
    public bool Allows(string path, bool write) =>
        PathPrefix is { } prefix
        && (!write || ReadOnly == false)
        && (prefix == "/" || (path + "/").StartsWith(prefix + "/", StringComparison.Ordinal));
}

/// <summary>An image on the node, by one of its names.</summary>
public sealed record NodeImage
{
    /// <summary>name is the name of the image, as in spec.image of a run.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Image)]
    public string? Name { get; init; }

    /// <summary>id is the digest of the image's configuration. Names with the same ID are the same image.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? ID { get; init; }

    /// <summary>size is the size of the image on the node, in bytes. Layers that images share count for each of them.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Size { get; init; }

    /// <summary>created is when the image was built, according to the image.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Created { get; init; }

    /// <summary>labels are the first labels of the image. The builder of the image chose them.</summary>
    [Entries(NodeLimits.ImageLabels, StatusLimits.Word)]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>
    /// tools lists well-known programs that the image contains: bash, cargo, curl, dotnet, gcc, git, go, java, jq, make, node, npm,
    /// python3, rg.
    /// </summary>
    [Items(NodeLimits.ImageTools, TextMax = StatusLimits.Word)]
    public List<string>? Tools { get; init; }

    /// <summary>
    /// compatibility is whether the Claude Code CLI of the node can run in the image: Compatible, Incompatible, or Unknown if the image has
    /// not been inspected yet.
    /// </summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<ImageCompatibility>))]
    public ImageCompatibility? Compatibility { get; init; }

    /// <summary>
    /// message explains in one sentence why the CLI cannot run in the image. Unset if it can, or if the image has not been inspected yet.
    /// </summary>
    [TextLength(0, NodeLimits.ImageMessage)]
    public string? Message { get; init; }
}

/// <summary>Whether the Claude Code CLI can run in an image, judged by the image's contents.</summary>
public enum ImageCompatibility
{
    /// <summary>The image has not been inspected yet, or the node has no CLI.</summary>
    Unknown,

    /// <summary>The image contains the libraries that the node's CLI is linked to.</summary>
    Compatible,

    /// <summary>The image has no libc, has musl, or is for another architecture. A command can still run in it.</summary>
    Incompatible,
}
