using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Nodes;

/// <summary>An image that is on the node, by one of its names.</summary>
public sealed record NodeImage
{
    /// <summary>Its name, as a run has it in spec.image.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Image)]
    public string? Name { get; init; }

    /// <summary>Digest of its configuration: images with the same one are the same.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? ID { get; init; }

    /// <summary>Size on the node, in bytes; layers that images share count for each.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Size { get; init; }

    /// <summary>When it was built, as it says itself.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Created { get; init; }

    /// <summary>The first of its labels, as it has them; whoever built it chose them.</summary>
    [Entries(NodeLimits.ImageLabels, StatusLimits.Word)]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>
    /// Well-known programs that an agent finds in it: bash, cargo, curl, dotnet, gcc, git, go, java, jq, make, node, npm, python3, rg.
    /// </summary>
    [Items(NodeLimits.ImageTools, TextMax = StatusLimits.Word)]
    public List<string>? Tools { get; init; }

    /// <summary>
    /// Whether the Claude Code CLI of the node can run in it: Compatible, Incompatible, or Unknown when it was not looked at yet.
    /// </summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<ImageCompatibility>))]
    public ImageCompatibility? Compatibility { get; init; }

    /// <summary>Why the CLI cannot run in it, as one sentence; absent when it can or nobody has looked.</summary>
    [TextLength(0, NodeLimits.ImageMessage)]
    public string? Message { get; init; }
}
