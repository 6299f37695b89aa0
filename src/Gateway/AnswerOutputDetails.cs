using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Gateway;

/// <summary>What the output is made of; it is counted in the output already.</summary>
internal sealed record AnswerOutputDetails
{
    /// <summary>Tokens thought.</summary>
    public long? ThinkingTokens { get; init; }

    /// <summary>What the gateway does not know. Settable: the serializer cannot give it to a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
