using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// What counts against spec.budget of the attempts that have ended. It may be more than status.usage: a request whose usage was never
/// learnt counts with the most that it could have used, an attempt whose node was lost with its count with all that was left.
/// </summary>
public sealed record BudgetUse
{
    /// <summary>Tokens.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Tokens { get; init; }

    /// <summary>US dollars, as a decimal number.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CostUSD { get; init; }
}
