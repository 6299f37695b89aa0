using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>Why the operator does not speak with a bridge.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefusalReason>))]
public enum RefusalReason
{
    /// <summary>This operator is a standby; try another address.</summary>
    NotLeader,

    /// <summary>The token is not accepted.</summary>
    Unauthenticated,

    /// <summary>The token may not connect as this node.</summary>
    Forbidden,

    /// <summary>A newer link of the same node took over.</summary>
    Fenced,

    /// <summary>The messages' schema is not the operator's.</summary>
    SchemaMismatch,

    /// <summary>A message broke the protocol.</summary>
    ProtocolError,

    /// <summary>The bridge has seen a later leader than this one.</summary>
    StaleEpoch,
}
