using System.Text.Json.Serialization;

namespace Stromboli.Gateway.Accounting;

/// <summary>
/// Tokens, and uses of tools at the provider, as the Messages API counts them. Every number is between 0 and <see cref="Most"/> for one
/// answer.
/// </summary>
internal sealed record TokenUsage
{
    /// <summary>More than any answer has; a larger number in an answer counts as this, so that no sum overflows.</summary>
    public const long Most = 1_000_000_000;

    /// <summary>No tokens.</summary>
    public static TokenUsage Zero { get; } = new();

    /// <summary>Input that no cache answered.</summary>
    public long Input { get; init; }

    /// <summary>Output.</summary>
    public long Output { get; init; }

    /// <summary>Input read from a prompt cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>Input written to a prompt cache that lives five minutes.</summary>
    public long CacheWrite { get; init; }

    /// <summary>Input written to a prompt cache that lives an hour.</summary>
    public long CacheWriteHour { get; init; }

    /// <summary>Searches that the provider made for the model.</summary>
    public long WebSearches { get; init; }

    /// <summary>Pages that the provider fetched for the model.</summary>
    public long WebFetches { get; init; }

    /// <summary>All tokens together.</summary>
    [JsonIgnore]
    public long Total => Input + Output + CacheRead + CacheWrite + CacheWriteHour;

    /// <summary>Adds, number by number.</summary>
    public static TokenUsage operator +(TokenUsage left, TokenUsage right) =>
        new()
        {
            Input = left.Input + right.Input,
            Output = left.Output + right.Output,
            CacheRead = left.CacheRead + right.CacheRead,
            CacheWrite = left.CacheWrite + right.CacheWrite,
            CacheWriteHour = left.CacheWriteHour + right.CacheWriteHour,
            WebSearches = left.WebSearches + right.WebSearches,
            WebFetches = left.WebFetches + right.WebFetches,
        };

    /// <summary>The larger of each number: the figures of a stream only grow.</summary>
    public static TokenUsage Max(TokenUsage left, TokenUsage right) =>
        new()
        {
            Input = Math.Max(left.Input, right.Input),
            Output = Math.Max(left.Output, right.Output),
            CacheRead = Math.Max(left.CacheRead, right.CacheRead),
            CacheWrite = Math.Max(left.CacheWrite, right.CacheWrite),
            CacheWriteHour = Math.Max(left.CacheWriteHour, right.CacheWriteHour),
            WebSearches = Math.Max(left.WebSearches, right.WebSearches),
            WebFetches = Math.Max(left.WebFetches, right.WebFetches),
        };
}
