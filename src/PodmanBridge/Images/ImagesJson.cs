using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Images;

/// <summary>The serializer of what is kept about images.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PrivateImagesRecord))]
internal sealed partial class ImagesJson : JsonSerializerContext;
