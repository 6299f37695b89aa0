using System.Globalization;

namespace Stromboli.ScriptedModel;

/// <summary>The usage figures of one answer, in tokens.</summary>
internal sealed record Usage(long Input, long Output, long CacheRead, long CacheWrite, long CacheWriteHour)
{
    /// <summary>The usage of an answer without <c>@usage</c> before it.</summary>
    public static Usage Default { get; } = new(10, 5, 0, 0, 0);

    /// <summary>Searches that the provider made.</summary>
    public long WebSearches { get; init; }

    /// <summary>Pages that the provider fetched.</summary>
    public long WebFetches { get; init; }

    /// <summary>Samplings besides the message itself. The figures above do not include them, as in the API.</summary>
    public IReadOnlyList<Iteration> Iterations { get; init; } = [];

    /// <summary>Members that the API does not have yet, each with a number.</summary>
    public IReadOnlyList<(string Name, long Value)> Unknown { get; init; } = [];

    /// <summary>
    /// Reads <c>in=1000 out=500 cache-read=0 cache-write=0 cache-write-1h=0</c>; what is missing keeps the default. Also
    /// <c>web-search=2</c>, <c>web-fetch=1</c>, and as often as wanted <c>iteration=TYPE:IN:OUT</c> or <c>iteration=TYPE:IN:OUT:MODEL</c>
    /// and <c>unknown=NAME:VALUE</c>.
    /// </summary>
    public static Usage Parse(string text)
    {
        var usage = Default;
        foreach (var pair in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
            {
                continue;
            }

            var (name, value) = (pair[..at], pair[(at + 1)..]);
            usage = name switch
            {
                "iteration" => usage with { Iterations = [.. usage.Iterations, .. Iteration.Parse(value)] },
                "unknown" when value.Split(':') is [var member, var figure] && TryNumber(figure, out var number) => usage with
                {
                    Unknown = [.. usage.Unknown, (member, number)],
                },
                _ when TryNumber(value, out var number) => usage.With(name, number),
                _ => usage,
            };
        }

        return usage;
    }

    /// <summary>Reads a number of tokens.</summary>
    internal static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private Usage With(string name, long value) =>
        name switch
        {
            "in" => this with { Input = value },
            "out" => this with { Output = value },
            "cache-read" => this with { CacheRead = value },
            "cache-write" => this with { CacheWrite = value },
            "cache-write-1h" => this with { CacheWriteHour = value },
            "web-search" => this with { WebSearches = value },
            "web-fetch" => this with { WebFetches = value },
            _ => this,
        };
}

/// <summary>One sampling besides the message: its kind, its tokens, and its model if it is a different one.</summary>
internal sealed record Iteration(string Type, long Input, long Output, string? Model)
{
    /// <summary>Reads <c>TYPE:IN:OUT</c> or <c>TYPE:IN:OUT:MODEL</c>; null for anything else.</summary>
    public static IEnumerable<Iteration> Parse(string text) =>
        text.Split(':') switch
        {
            [var type, var input, var output] when Usage.TryNumber(input, out var i) && Usage.TryNumber(output, out var o) =>
            [
                new Iteration(type, i, o, null),
            ],
            [var type, var input, var output, var model] when Usage.TryNumber(input, out var i) && Usage.TryNumber(output, out var o) =>
            [
                new Iteration(type, i, o, model),
            ],
            _ => [],
        };
}
