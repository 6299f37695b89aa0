using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>Adds up what a run's attempts used; pure.</summary>
internal static class RunUsages
{
    /// <summary>The largest amount that is kept.</summary>
    internal const decimal MaxDollars = 1e12m;

    /// <summary>The sum; null when neither says anything. The cost is known only if that of every part is.</summary>
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

    /// <summary>US dollars as the API writes them: a plain decimal number without trailing zeros.</summary>
    public static string? Money(decimal? dollars) =>
        dollars is { } amount ? Math.Clamp(amount, 0, MaxDollars).ToString("0.############", CultureInfo.InvariantCulture) : null;

    private static string? AddCost(RunUsage? before, decimal? attempt)
    {
        if (before is null)
        {
            return Money(attempt);
        }

        return
            attempt is { } cost
            && decimal.TryParse(before.CostUSD, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var known)
            ? Money(Math.Min(known, MaxDollars) + Math.Clamp(cost, 0, MaxDollars))
            : null;
    }

    // A node's numbers are not to be trusted with an overflow, nor with a bound of the CRD.
    private static long Sum(long? a, long b)
    {
        var (first, second) = (Math.Max(0, a ?? 0), Math.Max(0, b));
        return first > long.MaxValue - second ? long.MaxValue : first + second;
    }

    private static GoDuration Add(GoDuration? before, long milliseconds)
    {
        // A year: beyond it is a broken clock.
        const long max = 366L * 24 * 60 * 60 * 1000;
        return new((before?.Value ?? TimeSpan.Zero) + TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, max)));
    }
}
