namespace Stromboli.NodeLink.Messages;

/// <summary>What one attempt may use: the run's budget without what its earlier attempts used.</summary>
public sealed record AttemptBudget
{
    /// <summary>Tokens of every kind together; null for no cap.</summary>
    public long? Tokens { get; init; }

    /// <summary>US dollars by the operator's prices; null for no cap.</summary>
    public decimal? CostUSD { get; init; }
}
