using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>A message from a bridge to the operator.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(Hello), nameof(Hello))]
[JsonDerivedType(typeof(Ping), nameof(Ping))]
[JsonDerivedType(typeof(ObservedSnapshot), nameof(ObservedSnapshot))]
[JsonDerivedType(typeof(Observed), nameof(Observed))]
[JsonDerivedType(typeof(FactsChanged), nameof(FactsChanged))]
[JsonDerivedType(typeof(ImagesChanged), nameof(ImagesChanged))]
[JsonDerivedType(typeof(PrePullChanged), nameof(PrePullChanged))]
public abstract record BridgeMessage;
