using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The serializer of the files that the sandbox leaves on disk, and of the runtime's configuration.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeccompProfile))]
[JsonSerializable(typeof(OciConfig))]
internal sealed partial class ContainerJson : JsonSerializerContext;
