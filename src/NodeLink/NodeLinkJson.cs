using System.Text.Json.Serialization;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>The serializer of the node link's messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = NodeLinkProtocol.MaxDepth
)]
[JsonSerializable(typeof(OperatorMessage))]
[JsonSerializable(typeof(BridgeMessage))]
public sealed partial class NodeLinkJson : JsonSerializerContext;
