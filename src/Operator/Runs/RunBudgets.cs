using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>What a run's budget leaves for its next attempt; pure.</summary>
internal static class RunBudgets
{
    /// <summary>What is left; null if the run has no budget. While an attempt is under way this is what it began with.</summary>
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
            CostUSD = Dollars(budget.MaxCostUSD) is { } dollars ? Math.Max(0, dollars - (Dollars(used?.CostUSD) ?? 0)) : null,
        };
    }

    /// <summary>Whether nothing is left of a cap.</summary>
    public static bool IsUsedUp(AgentRun run) => Left(run) is { Tokens: 0 } or { CostUSD: 0 };

    /// <summary>The run's use with an attempt that has ended; null if the run has no budget.</summary>
    /// <param name="run">The run; its status is that before the end.</param>
    /// <param name="usage">What the attempt used; null if that is not known, which counts as all that was left.</param>
    public static BudgetUse? Add(AgentRun run, AttemptUsage? usage)
    {
        if (Left(run) is not { } left)
        {
            return run.Status?.Budget;
        }

        var used = run.Status?.Budget;
        var tokens = usage is null ? left.Tokens ?? 0 : Math.Clamp(usage.ChargedTokens, 0, StatusLimits.Count);
        var dollars = usage is null ? left.CostUSD ?? 0 : Math.Clamp(usage.ChargedCostUSD, 0, RunUsages.MaxDollars);
        return new()
        {
            Tokens = Math.Min(StatusLimits.Count, (used?.Tokens ?? 0) + tokens),
            CostUSD = RunUsages.Money((Dollars(used?.CostUSD) ?? 0) + dollars),
        };
    }

    private static decimal? Dollars(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars) ? dollars : null;
}
