using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Sessions;

/// <summary>Adds up what the runs of a session used; pure.</summary>
internal static class SessionUsages
{
    /// <summary>What a run used beyond what was counted already; null for nothing.</summary>
    public static RunUsage? Since(RunUsage? now, RunUsage? before) => now is null || before is null ? now : Combine(now, before, -1);

    /// <summary>The sum; null when neither says anything. The cost is known only if that of every part is.</summary>
    public static RunUsage? Add(RunUsage? a, RunUsage? b) => a is null || b is null ? a ?? b : Combine(a, b, 1);

    private static RunUsage Combine(RunUsage a, RunUsage b, int sign) =>
        new()
        {
            InputTokens = Count(a.InputTokens, b.InputTokens, sign),
            OutputTokens = Count(a.OutputTokens, b.OutputTokens, sign),
            CacheReadTokens = Count(a.CacheReadTokens, b.CacheReadTokens, sign),
            CacheCreationTokens = Count(a.CacheCreationTokens, b.CacheCreationTokens, sign),
            TotalTokens = Count(a.TotalTokens, b.TotalTokens, sign),
            CostUSD = Dollars(a.CostUSD) is { } x && Dollars(b.CostUSD) is { } y ? RunUsages.Money(x + (sign * y)) : null,
            Turns = (int?)Math.Min(int.MaxValue, Count(a.Turns, b.Turns, sign) ?? 0),
            Duration = Time(a.Duration, b.Duration, sign),
            ApiDuration = Time(a.ApiDuration, b.ApiDuration, sign),
            PermissionDenials = (int?)Math.Min(int.MaxValue, Count(a.PermissionDenials, b.PermissionDenials, sign) ?? 0),
        };

    private static long? Count(long? a, long? b, int sign) => Math.Clamp((a ?? 0) + (sign * (b ?? 0)), 0, StatusLimits.Count);

    private static decimal? Dollars(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? Math.Min(amount, RunUsages.MaxDollars)
            : null;

    private static GoDuration? Time(GoDuration? a, GoDuration? b, int sign)
    {
        if (a is null && b is null)
        {
            return null;
        }

        var sum = (a?.Value ?? TimeSpan.Zero) + (sign * (b?.Value ?? TimeSpan.Zero));
        return new GoDuration(sum > TimeSpan.Zero ? sum : TimeSpan.Zero);
    }
}
