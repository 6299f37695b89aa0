using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>The serializer of what the sandbox leaves on disk.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeccompProfile))]
internal sealed partial class SandboxJson : JsonSerializerContext;
