using System.Globalization;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>Numbers as a person reads them, the same on every machine.</summary>
internal static class LogWords
{
    /// <summary>A time, such as <c>0.4 s</c>, <c>12.3 s</c> or <c>2 min 5 s</c>.</summary>
    public static string Time(long milliseconds) =>
        milliseconds < 60_000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000} min {milliseconds / 1000 % 60} s");

    /// <summary>A number of bytes, such as <c>812 bytes</c> or <c>1.5 MiB</c>.</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1024 => Count(bytes, "byte"),
            < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB"),
        };

    /// <summary>A number of things, such as <c>1 line</c> or <c>1,234 lines</c>.</summary>
    public static string Count(long count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {thing}{(count == 1 ? "" : "s")}");

    /// <summary>An amount of money, such as <c>$0.0123</c>.</summary>
    public static string Dollars(double dollars) => string.Create(CultureInfo.InvariantCulture, $"${dollars:0.00##}");
}
