using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>What this run used, over all its attempts. Tokens and cost are what the model gateway counted.</summary>
public sealed record RunUsage
{
    /// <summary>Tokens sent, without those of the cache.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? InputTokens { get; init; }

    /// <summary>Tokens received.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? OutputTokens { get; init; }

    /// <summary>Tokens read from the model's prompt cache.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? CacheReadTokens { get; init; }

    /// <summary>Tokens written to the model's prompt cache.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? CacheCreationTokens { get; init; }

    /// <summary>All of these together.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? TotalTokens { get; init; }

    /// <summary>Cost in US dollars, as a decimal number.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CostUSD { get; init; }

    /// <summary>Turns of the agent.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Turns { get; init; }

    /// <summary>Time that the agent ran.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? Duration { get; init; }

    /// <summary>Time that it waited for the model.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? ApiDuration { get; init; }

    /// <summary>Uses of tools that were denied.</summary>
    [Bounds(0, int.MaxValue)]
    public int? PermissionDenials { get; init; }
}
