using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The serializer of what the sandbox leaves on disk, and of what the runtime was told.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeccompProfile))]
[JsonSerializable(typeof(OciConfig))]
internal sealed partial class ContainerJson : JsonSerializerContext;
