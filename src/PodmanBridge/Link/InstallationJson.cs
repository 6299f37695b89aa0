using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Link;

/// <summary>The serializer of <see cref="InstallationRecord"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InstallationRecord))]
internal sealed partial class InstallationJson : JsonSerializerContext;
