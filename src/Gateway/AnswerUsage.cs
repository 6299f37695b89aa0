using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Gateway;

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

    /// <summary>The same by lifetime.</summary>
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
    /// Whether some of it has no number that the gateway counts, so that the answer may have cost more than it says in members that are
    /// known.
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

    // A member that is null, 0 or empty tells of nothing that was used, whatever its name.
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
