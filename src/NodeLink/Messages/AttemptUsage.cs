namespace Stromboli.NodeLink.Messages;

/// <summary>What one attempt used: tokens and cost from the gateway's ledger, turns and denials from the CLI's envelope.</summary>
public sealed record AttemptUsage
{
    /// <summary>Input tokens that no cache answered.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output tokens.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Input tokens read from a prompt cache.</summary>
    public long CacheReadTokens { get; init; }

    /// <summary>Input tokens written to a prompt cache.</summary>
    public long CacheCreationTokens { get; init; }

    /// <summary>US dollars by the operator's price table; null when a model that was used has no price.</summary>
    public decimal? CostUSD { get; init; }

    /// <summary>
    /// Tokens that count against the budget: those used, and for a request whose usage was never learnt the most that it could use. Of no
    /// meaning without a budget.
    /// </summary>
    public long ChargedTokens { get; init; }

    /// <summary>The same in US dollars.</summary>
    public decimal ChargedCostUSD { get; init; }

    /// <summary>Turns, as the CLI counts them; null without the CLI, or when it did not say.</summary>
    public int? Turns { get; init; }

    /// <summary>From the start of the agent's process to its end, in milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>Time during which model requests were open, in milliseconds.</summary>
    public long ApiDurationMs { get; init; }

    /// <summary>Tool uses that the CLI did not permit.</summary>
    public int PermissionDenials { get; init; }
}
