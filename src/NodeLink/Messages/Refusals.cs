using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>Why the operator refuses a bridge.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefusalReason>))]
public enum RefusalReason
{
    /// <summary>This operator is a standby; the bridge tries another address.</summary>
    NotLeader,

    /// <summary>The token is not accepted.</summary>
    Unauthenticated,

    /// <summary>The token does not allow a connection as this node.</summary>
    Forbidden,

    /// <summary>A newer link of the same node has replaced this one.</summary>
    Fenced,

    /// <summary>The operator does not support the bridge's message schema.</summary>
    SchemaMismatch,

    /// <summary>A message violated the protocol.</summary>
    ProtocolError,

    /// <summary>The bridge has seen a later leader than this one.</summary>
    StaleEpoch,
}

/// <summary>The operator closes the link.</summary>
public sealed record Refused : OperatorMessage
{
    /// <summary>The reason.</summary>
    public required RefusalReason Reason { get; init; }

    /// <summary>An explanation in one sentence, for the bridge's log.</summary>
    public required string Message { get; init; }
}

/// <summary>The body of the HTTP response with which an operator refuses a link.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Message">An explanation in one sentence, for the bridge's log.</param>
public sealed record LinkRefusal(RefusalReason Reason, string Message);

/// <summary>The serializer of <see cref="LinkRefusal"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 4)]
[JsonSerializable(typeof(LinkRefusal))]
public sealed partial class LinkRefusalJson : JsonSerializerContext;
