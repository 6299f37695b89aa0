namespace Stromboli.PodmanBridge.Gateway;

/// <summary>The usage of an answer; in a stream each number is the sum so far.</summary>
internal sealed record AnswerUsage
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

    /// <summary>As the ledger counts it.</summary>
    public TokenUsage ToTokens()
    {
        var hour = Sane(CacheCreation?.Ephemeral1hInputTokens);
        var written = Math.Max(hour, Sane(CacheCreationInputTokens));
        return new TokenUsage
        {
            Input = Sane(InputTokens),
            Output = Sane(OutputTokens),
            CacheRead = Sane(CacheReadInputTokens),
            CacheWrite = written - hour,
            CacheWriteHour = hour,
        };
    }

    private static long Sane(long? tokens) => Math.Clamp(tokens ?? 0, 0, TokenUsage.Most);
}
