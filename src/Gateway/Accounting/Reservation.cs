using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Accounting;

/// <summary>What a request counts against a budget: the most that it can use before it is answered, then what it used.</summary>
/// <param name="Tokens">Tokens of every kind together.</param>
/// <param name="CostUSD">US dollars.</param>
internal readonly record struct Reservation(long Tokens, decimal CostUSD)
{
    /// <summary>A generous bound for what the provider adds to a request, such as the system prompt of tools.</summary>
    private const long Hidden = 2048;

    /// <summary>Adds.</summary>
    public static Reservation operator +(Reservation left, Reservation right) =>
        new(left.Tokens + right.Tokens, left.CostUSD + right.CostUSD);

    /// <summary>
    /// The worst case of a request: as many input tokens as its body has bytes, at the highest input price, and all the output that it asks
    /// for.
    /// </summary>
    /// <param name="maxOutput">The request's <c>max_tokens</c>.</param>
    /// <param name="inputBytes">Bytes of its body.</param>
    /// <param name="price">The price of its model; null if the budget has no cap of cost.</param>
    /// <param name="extraInput">Input tokens beyond one for each byte, because images and documents are compressed.</param>
    public static Reservation WorstCase(long maxOutput, long inputBytes, ModelPrice? price, long extraInput = 0)
    {
        var input = inputBytes + Hidden + extraInput;
        if (price is null)
        {
            return new(input + maxOutput, 0);
        }

        var dearest = Math.Max(Math.Max(price.Input, price.CacheRead), Math.Max(price.CacheWrite, price.CacheWriteHour));
        return new(
            input + maxOutput,
            PriceTable.Cost(price with { Input = dearest }, new TokenUsage { Input = input, Output = maxOutput })
        );
    }

    /// <summary>Whether the budget is used up.</summary>
    public bool Reaches(AttemptBudget budget) => Tokens >= budget.Tokens || CostUSD >= budget.CostUSD;

    /// <summary>Whether the budget is exceeded.</summary>
    public bool Passes(AttemptBudget budget) => Tokens > budget.Tokens || CostUSD > budget.CostUSD;
}
