using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>A message from the operator to a bridge.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(Welcome), nameof(Welcome))]
[JsonDerivedType(typeof(LeaseGrant), nameof(LeaseGrant))]
[JsonDerivedType(typeof(DesiredSnapshot), nameof(DesiredSnapshot))]
[JsonDerivedType(typeof(Desired), nameof(Desired))]
[JsonDerivedType(typeof(SessionGone), nameof(SessionGone))]
[JsonDerivedType(typeof(DesiredImages), "WantedImages")] // The wire has the earlier name of the type.
[JsonDerivedType(typeof(TokenIssued), nameof(TokenIssued))]
[JsonDerivedType(typeof(OpenStream), nameof(OpenStream))]
[JsonDerivedType(typeof(Refused), nameof(Refused))]
public abstract record OperatorMessage
{
    /// <summary>
    /// The leader's epoch (<c>leaseTransitions</c> of its Lease). A bridge refuses an epoch lower than the highest that it has seen.
    /// </summary>
    public required long Epoch { get; init; }
}
