using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>The serializer of what the bridge keeps on disk.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AttemptRecord))]
[JsonSerializable(typeof(AttemptEndRecord))]
internal sealed partial class AttemptJson : JsonSerializerContext;
