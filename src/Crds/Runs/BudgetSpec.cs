using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>What all attempts of a run can spend on the model. The model gateway enforces it.</summary>
public sealed record BudgetSpec
{
    /// <summary>
    /// maxTokens is the maximum number of tokens: input, output, cache reads and cache writes together. If unset, the number is not
    /// limited.
    /// </summary>
    [Bounds(0, RunLimits.BudgetTokens)]
    public long? MaxTokens { get; init; }

    /// <summary>
    /// maxCostUSD is the maximum cost in US dollars by the operator's price table, as a quoted decimal number such as "2.50". If it is set,
    /// a request to a model without a price is refused. If unset, the cost is not limited.
    /// </summary>
    [TextLength(1, RunLimits.Money)]
    [Pattern(Patterns.Money, Messages.Money)]
    public string? MaxCostUSD { get; init; }
}
