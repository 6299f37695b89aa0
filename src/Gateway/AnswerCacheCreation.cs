using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Gateway;

/// <summary>Input written to a cache, by lifetime.</summary>
internal sealed record AnswerCacheCreation
{
    /// <summary>Kept for an hour.</summary>
    [JsonPropertyName("ephemeral_1h_input_tokens")]
    public long? Ephemeral1hInputTokens { get; init; }

    /// <summary>Kept for five minutes.</summary>
    [JsonPropertyName("ephemeral_5m_input_tokens")]
    public long? Ephemeral5mInputTokens { get; init; }

    /// <summary>What the gateway does not know. Settable: the serializer cannot give it to a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
