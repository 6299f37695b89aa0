using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Pricing;

namespace Stromboli.Operator.Decisions;

/// <summary>Adds up the usage of a run's attempts; pure.</summary>
internal static class RunUsages
{
    /// <summary>The sum; null if both are null. The cost is known only if both costs are.</summary>
    public static RunUsage? Add(RunUsage? before, AttemptUsage? attempt)
    {
        if (attempt is null)
        {
            return before;
        }

        var input = Sum(before?.InputTokens, attempt.InputTokens);
        var output = Sum(before?.OutputTokens, attempt.OutputTokens);
        var read = Sum(before?.CacheReadTokens, attempt.CacheReadTokens);
        var created = Sum(before?.CacheCreationTokens, attempt.CacheCreationTokens);
        return new RunUsage
        {
            InputTokens = input,
            OutputTokens = output,
            CacheReadTokens = read,
            CacheCreationTokens = created,
            TotalTokens = Sum(Sum(input, output), Sum(read, created)),
            CostUSD = AddCost(before, attempt.CostUSD),
            Turns = attempt.Turns is null ? before?.Turns : (int)Math.Min(int.MaxValue, Sum(before?.Turns, attempt.Turns.Value)),
            Duration = Add(before?.Duration, attempt.DurationMs),
            ApiDuration = Add(before?.ApiDuration, attempt.ApiDurationMs),
            PermissionDenials = (int)Math.Min(int.MaxValue, Sum(before?.PermissionDenials, attempt.PermissionDenials)),
        };
    }

    private static string? AddCost(RunUsage? before, decimal? attempt)
    {
        if (before is null)
        {
            return Dollars.Format(attempt);
        }

        return attempt is { } cost && Dollars.Parse(before.CostUSD) is { } known
            ? Dollars.Format(Math.Min(known, Dollars.Max) + Math.Clamp(cost, 0, Dollars.Max))
            : null;
    }

    // A node's numbers must neither overflow nor exceed a bound of the CRD.
    private static long Sum(long? a, long b)
    {
        var (first, second) = (Math.Max(0, a ?? 0), Math.Max(0, b));
        return first > long.MaxValue - second ? long.MaxValue : first + second;
    }

    private static GoDuration Add(GoDuration? before, long milliseconds)
    {
        // A year. A longer time comes from a broken clock.
        const long max = 366L * 24 * 60 * 60 * 1000;
        return new((before?.Value ?? TimeSpan.Zero) + TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, max)));
    }
}
