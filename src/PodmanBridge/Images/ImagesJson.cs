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
