using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.Gateway.Accounting;

namespace Stromboli.Gateway.Model;

/// <summary>The members that the gateway looks for, of an event of a stream, a whole message, or an error.</summary>
internal sealed record AnswerEvent
{
    /// <summary><c>message_start</c>, <c>message_delta</c>, <c>message</c>, <c>error</c>, ….</summary>
    public string? Type { get; init; }

    /// <summary>The model, of a whole message.</summary>
    public string? Model { get; init; }

    /// <summary>The message that a stream begins with.</summary>
    public AnswerMessage? Message { get; init; }

    /// <summary>The usage, of a <c>message_delta</c> or a whole message.</summary>
    public AnswerUsage? Usage { get; init; }

    /// <summary>The error.</summary>
    public AnswerError? Error { get; init; }
}

/// <summary>The message that a stream begins with.</summary>
internal sealed record AnswerMessage
{
    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The usage so far.</summary>
    public AnswerUsage? Usage { get; init; }
}

/// <summary>The usage of an answer; in a stream each number is the sum so far.</summary>
internal record AnswerUsage
{
    /// <summary>Input that no cache answered.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Output.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Input read from a cache.</summary>
    public long? CacheReadInputTokens { get; init; }

    /// <summary>Input written to a cache, of any lifetime.</summary>
    public long? CacheCreationInputTokens { get; init; }

    /// <summary>Input written to a cache, by lifetime.</summary>
    public AnswerCacheCreation? CacheCreation { get; init; }

    /// <summary>Uses of tools at the provider.</summary>
    public AnswerServerToolUse? ServerToolUse { get; init; }

    /// <summary>What the output is made of.</summary>
    public AnswerOutputDetails? OutputTokensDetails { get; init; }

    /// <summary>The samplings of which the answer is made; the numbers above leave out some of them.</summary>
    public List<AnswerIteration?>? Iterations { get; init; }

    /// <summary>For whom the provider kept capacity; of no price of its own.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Where the model ran.</summary>
    public string? InferenceGeo { get; init; }

    /// <summary><c>standard</c>, or a speed of a higher price.</summary>
    public string? Speed { get; init; }

    /// <summary>What the gateway does not know. Settable: the serializer cannot give it to a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>
    /// Whether the usage has members that the gateway does not count, so that the answer may have cost more than the known members say.
    /// </summary>
    [JsonIgnore]
    public bool HasUnknown =>
        Says(Others)
        || Says(CacheCreation?.Others)
        || Says(ServerToolUse?.Others)
        || Says(OutputTokensDetails?.Others)
        || Speed is not (null or "" or "standard")
        || (Iterations?.Any(iteration => iteration is null or { HasUnknown: true } or { Iterations: not null }) ?? false);

    /// <summary>The numbers above, as the ledger counts them.</summary>
    public TokenUsage ToTokens()
    {
        var hour = Sane(CacheCreation?.Ephemeral1hInputTokens);
        var written = Math.Max(hour + Sane(CacheCreation?.Ephemeral5mInputTokens), Sane(CacheCreationInputTokens));
        return new TokenUsage
        {
            Input = Sane(InputTokens),
            Output = Sane(OutputTokens),
            CacheRead = Sane(CacheReadInputTokens),
            CacheWrite = written - hour,
            CacheWriteHour = hour,
            WebSearches = Sane(ServerToolUse?.WebSearchRequests),
            WebFetches = Sane(ServerToolUse?.WebFetchRequests),
        };
    }

    private static long Sane(long? tokens) => Math.Clamp(tokens ?? 0, 0, TokenUsage.Most);

    // A member that is null, 0 or empty reports no use, whatever its name.
    private static bool Says(Dictionary<string, JsonElement>? others) => others?.Values.Any(Says) ?? false;

    private static bool Says(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.Number => !value.TryGetInt64(out var number) || number != 0,
            JsonValueKind.String => value.GetString() is not "",
            JsonValueKind.Object => value.EnumerateObject().Any(member => Says(member.Value)),
            JsonValueKind.Array => value.EnumerateArray().Any(Says),
            _ => true,
        };
}

/// <summary>
/// The usage of one of the samplings that make up an answer: the message itself, a summary of the context, an advisor's advice.
/// </summary>
internal sealed record AnswerIteration : AnswerUsage
{
    /// <summary><c>message</c>, <c>compaction</c>, <c>advisor_message</c>, <c>fallback_message</c>, ….</summary>
    public string? Type { get; init; }

    /// <summary>The model, where it is not the answer's own.</summary>
    public string? Model { get; init; }
}

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

/// <summary>What the output is made of; it is counted in the output already.</summary>
internal sealed record AnswerOutputDetails
{
    /// <summary>Tokens thought.</summary>
    public long? ThinkingTokens { get; init; }

    /// <summary>What the gateway does not know. Settable: the serializer cannot give it to a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>How often an answer used tools that run at the provider.</summary>
internal sealed record AnswerServerToolUse
{
    /// <summary>Searches.</summary>
    public long? WebSearchRequests { get; init; }

    /// <summary>Fetches.</summary>
    public long? WebFetchRequests { get; init; }

    /// <summary>Tools that the gateway does not know to count. Settable: the serializer cannot give it to a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>An error.</summary>
internal sealed record AnswerError
{
    /// <summary>The API's name for it.</summary>
    public string? Type { get; init; }
}

/// <summary>How answers are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnswerEvent))]
internal sealed partial class AnswerJson : JsonSerializerContext;
