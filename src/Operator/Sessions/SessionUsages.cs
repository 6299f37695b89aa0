using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Operator.Pricing;

namespace Stromboli.Operator.Sessions;

/// <summary>Adds up the usage of a session's runs; pure.</summary>
internal static class SessionUsages
{
    /// <summary>The usage of a run since an earlier count; null if there is none.</summary>
    public static RunUsage? Since(RunUsage? now, RunUsage? before) => now is null || before is null ? now : Combine(now, before, -1);

    /// <summary>The sum; null if both are null. The cost is known only if both costs are.</summary>
    public static RunUsage? Add(RunUsage? a, RunUsage? b) => a is null || b is null ? a ?? b : Combine(a, b, 1);

    private static RunUsage Combine(RunUsage a, RunUsage b, int sign) =>
        new()
        {
            InputTokens = Count(a.InputTokens, b.InputTokens, sign),
            OutputTokens = Count(a.OutputTokens, b.OutputTokens, sign),
            CacheReadTokens = Count(a.CacheReadTokens, b.CacheReadTokens, sign),
            CacheCreationTokens = Count(a.CacheCreationTokens, b.CacheCreationTokens, sign),
            TotalTokens = Count(a.TotalTokens, b.TotalTokens, sign),
            CostUSD = Cost(a.CostUSD) is { } x && Cost(b.CostUSD) is { } y ? Dollars.Format(x + (sign * y)) : null,
            Turns = (int?)Math.Min(int.MaxValue, Count(a.Turns, b.Turns, sign) ?? 0),
            Duration = Time(a.Duration, b.Duration, sign),
            ApiDuration = Time(a.ApiDuration, b.ApiDuration, sign),
            PermissionDenials = (int?)Math.Min(int.MaxValue, Count(a.PermissionDenials, b.PermissionDenials, sign) ?? 0),
        };

    private static long? Count(long? a, long? b, int sign) => Math.Clamp((a ?? 0) + (sign * (b ?? 0)), 0, StatusLimits.Count);

    private static decimal? Cost(string? text) => Dollars.Parse(text) is { } amount ? Math.Min(amount, Dollars.Max) : null;

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
