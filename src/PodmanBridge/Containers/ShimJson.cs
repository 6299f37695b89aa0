using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The serializer of the shim's messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8)]
[JsonSerializable(typeof(ShimHello))]
[JsonSerializable(typeof(ShimStarted))]
[JsonSerializable(typeof(ShimExit))]
[JsonSerializable(typeof(ShimFailure))]
[JsonSerializable(typeof(ShimRecord))]
internal sealed partial class ShimJson : JsonSerializerContext;
