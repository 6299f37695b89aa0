using System.Text.Json.Serialization;
using Stromboli.Crds.Nodes;

namespace Stromboli.PodmanBridge.Images;

/// <summary>The serializer of what is kept about images.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(JsonStringEnumConverter<ImageCompatibility>)]
)]
[JsonSerializable(typeof(PrivateImagesRecord))]
[JsonSerializable(typeof(PulledImagesRecord))]
[JsonSerializable(typeof(Dictionary<string, ImageContent>))]
internal sealed partial class ImagesJson : JsonSerializerContext;

/// <summary>What of <see cref="PrivateImages"/> is on disk. Holds no credential, nor anything made of one.</summary>
internal sealed record PrivateImagesRecord
{
    /// <summary>The images that came with a credential, by id, each with the namespaces that have shown one.</summary>
    public Dictionary<string, List<string>> Private { get; init; } = [];

    /// <summary>
    /// The repositories from which images are being fetched with a credential, each with the ids of all images that existed before.
    /// </summary>
    public Dictionary<string, List<string>> Pending { get; init; } = [];
}

/// <summary>What of <see cref="PulledImages"/> is on disk.</summary>
internal sealed record PulledImagesRecord
{
    /// <summary>The images that this bridge pulled, by id.</summary>
    public Dictionary<string, PulledImage> Images { get; init; } = [];

    /// <summary>The pulls whose end is not known, by the image's name.</summary>
    public Dictionary<string, PendingPull> Pending { get; init; } = [];
}

/// <summary>An image that this bridge pulled.</summary>
internal sealed record PulledImage
{
    /// <summary>The namespace whose run pulled it; null for the node itself (<c>spec.prePullImages</c>, <c>--git-image</c>).</summary>
    public string? Namespace { get; init; }

    /// <summary>When a run last had it.</summary>
    public DateTimeOffset LastUse { get; init; }

    /// <summary>The names that it was pulled by (<see cref="ImageReference.Key"/>).</summary>
    public List<string> Names { get; init; } = [];
}

/// <summary>A pull that has begun.</summary>
internal sealed record PendingPull
{
    /// <summary>The namespace whose run began it; null for the node itself.</summary>
    public string? Namespace { get; init; }

    /// <summary>The ids of all images that were there before.</summary>
    public List<string> Before { get; init; } = [];

    /// <summary>When it was given up: its image may still arrive. Null while it is under way.</summary>
    public DateTimeOffset? GivenUp { get; init; }
}
