using System.Text.Json.Serialization;

namespace Stromboli.NodeLink;

/// <summary>The serializer of <see cref="LinkRefusal"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 4)]
[JsonSerializable(typeof(LinkRefusal))]
public sealed partial class LinkRefusalJson : JsonSerializerContext;
