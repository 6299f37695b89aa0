using System.Globalization;

namespace Stromboli.ScriptedModel;

/// <summary>The usage figures of one answer, in tokens.</summary>
internal sealed record Usage(long Input, long Output, long CacheRead, long CacheWrite, long CacheWriteHour)
{
    /// <summary>What an answer costs that no <c>@usage</c> precedes.</summary>
    public static Usage Default { get; } = new(10, 5, 0, 0, 0);

    /// <summary>Reads <c>in=1000 out=500 cache-read=0 cache-write=0 cache-write-1h=0</c>; what is missing keeps the default.</summary>
    public static Usage Parse(string text)
    {
        var usage = Default;
        foreach (var pair in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !long.TryParse(pair[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                continue;
            usage = pair[..at] switch
            {
                "in" => usage with { Input = value },
                "out" => usage with { Output = value },
                "cache-read" => usage with { CacheRead = value },
                "cache-write" => usage with { CacheWrite = value },
                "cache-write-1h" => usage with { CacheWriteHour = value },
                _ => usage,
            };
        }

        return usage;
    }
}
