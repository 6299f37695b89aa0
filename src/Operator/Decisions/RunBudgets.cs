using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Pricing;

namespace Stromboli.Operator.Decisions;

/// <summary>Computes what a run's budget leaves for its next attempt; pure.</summary>
internal static class RunBudgets
{
    /// <summary>What is left of the budget; null if the run has none. For a live attempt, what the attempt began with.</summary>
    public static AttemptBudget? Left(AgentRun run)
    {
        if (run.Spec?.Budget is not { } budget || (budget.MaxTokens is null && budget.MaxCostUSD is null))
        {
            return null;
        }

        var used = run.Status?.Budget;
        return new()
        {
            Tokens = budget.MaxTokens is { } tokens ? Math.Max(0, tokens - (used?.Tokens ?? 0)) : null,
            CostUSD = Dollars.Parse(budget.MaxCostUSD) is { } dollars ? Math.Max(0, dollars - (Dollars.Parse(used?.CostUSD) ?? 0)) : null,
        };
    }

    /// <summary>Whether a limit of the budget is used up.</summary>
    public static bool IsUsedUp(AgentRun run) => Left(run) is { Tokens: 0 } or { CostUSD: 0 };

    /// <summary>Returns the used budget including an attempt that has ended; null if the run has no budget.</summary>
    /// <param name="run">The run with its status before the end.</param>
    /// <param name="usage">The usage of the attempt; null if it is unknown, which counts as all that was left.</param>
    public static BudgetUse? Add(AgentRun run, AttemptUsage? usage)
    {
        if (Left(run) is not { } left)
        {
            return run.Status?.Budget;
        }

        var used = run.Status?.Budget;
        var tokens = usage is null ? left.Tokens ?? 0 : Math.Clamp(usage.ChargedTokens, 0, StatusLimits.Count);
        var dollars = usage is null ? left.CostUSD ?? 0 : Math.Clamp(usage.ChargedCostUSD, 0, Dollars.Max);
        return new()
        {
            Tokens = Math.Min(StatusLimits.Count, (used?.Tokens ?? 0) + tokens),
            CostUSD = Dollars.Format((Dollars.Parse(used?.CostUSD) ?? 0) + dollars),
        };
    }
}
