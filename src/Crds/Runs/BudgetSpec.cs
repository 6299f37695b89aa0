using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// What all attempts together may use. The model gateway keeps it: a run whose budget is used up ends with BudgetExceeded at its next model
/// request.
/// </summary>
public sealed record BudgetSpec
{
    /// <summary>Tokens of every kind together: input, output, cache reads and cache writes. No cap when absent.</summary>
    [Bounds(0, RunLimits.BudgetTokens)]
    public long? MaxTokens { get; init; }

    /// <summary>
    /// US dollars as a decimal number in quotes, such as "2.50", by the operator's price table; a model without a price is refused then. No
    /// cap when absent.
    /// </summary>
    [TextLength(1, RunLimits.Money)]
    [Pattern(Patterns.Money, Sentences.Money)]
    public string? MaxCostUSD { get; init; }
}
