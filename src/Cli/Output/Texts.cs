using System.Globalization;
using Stromboli.Crds.Runs;

namespace Stromboli.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class Texts
{
    /// <summary>A duration as kubectl prints ages: <c>45s</c>, <c>4m12s</c>, <c>35m</c>, <c>5h10m</c>, <c>3d</c>.</summary>
    public static string Age(TimeSpan age)
    {
        var seconds = (long)Math.Max(0, age.TotalSeconds);
        var (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
        return minutes < 2 ? $"{seconds}s"
            : minutes < 10 ? WithRest(minutes, "m", seconds % 60, "s")
            : hours < 3 ? $"{minutes}m"
            : hours < 8 ? WithRest(hours, "h", minutes % 60, "m")
            : days < 2 ? $"{hours}h"
            : days < 8 ? WithRest(days, "d", hours % 24, "h")
            : days < 730 ? $"{days}d"
            : WithRest(days / 365, "y", days % 365, "d");
    }

    /// <summary>The time since a moment; empty without one.</summary>
    public static string Since(DateTimeOffset? moment, TimeProvider clock) => moment is { } then ? Age(clock.GetUtcNow() - then) : "";

    /// <summary>An amount of US dollars: <c>$1.50</c>, <c>$0.00028</c>; empty without one.</summary>
    public static string Money(string? amount) =>
        !decimal.TryParse(amount, NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? ""
        : value is > 0 and < 0.01m ? string.Create(CultureInfo.InvariantCulture, $"${value:0.######}")
        : string.Create(CultureInfo.InvariantCulture, $"${value:0.00}");

    /// <summary>A number with its group separators; empty without one.</summary>
    public static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    /// <summary>An amount of bytes: <c>512 B</c>, <c>1.4 MiB</c>; empty without one.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } amount)
        {
            return "";
        }

        double value = amount;
        foreach (var unit in (string[])["B", "KiB", "MiB", "GiB"])
        {
            if (value < 1024 || unit == "GiB")
            {
                return value.ToString(unit == "B" || value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + unit;
            }

            value /= 1024;
        }

        return "";
    }

    /// <summary>A moment in UTC; empty without one.</summary>
    public static string Time(DateTimeOffset? moment) =>
        moment?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The colour of a phase.</summary>
    public static Colour ColourOf(RunPhase? phase) =>
        phase switch
        {
            RunPhase.Succeeded => Colour.Green,
            RunPhase.Failed => Colour.Red,
            RunPhase.Cancelled => Colour.Yellow,
            RunPhase.Running or RunPhase.Preparing => Colour.Cyan,
            _ => Colour.None,
        };

    private static string WithRest(long whole, string unit, long rest, string restUnit) =>
        rest == 0 ? $"{whole}{unit}" : $"{whole}{unit}{rest}{restUnit}";
}
