using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>Input written to a cache, by lifetime.</summary>
internal sealed record AnswerCacheCreation
{
    /// <summary>Kept for an hour.</summary>
    [JsonPropertyName("ephemeral_1h_input_tokens")]
    public long? Ephemeral1hInputTokens { get; init; }
}
