using System.Text.RegularExpressions;

namespace Stromboli.Egress;

/// <summary>
/// A list of hosts that may be connected to. An entry is a host name, an IPv4 address, or <c>*.</c> and a name of at least two labels, which
/// stands for all names below that name but not for the name itself.
/// </summary>
internal sealed partial class HostList
{
    private const string Below = "*.";

    private readonly HashSet<string> _names;
    private readonly IReadOnlyList<string> _suffixes;

    private HostList(IReadOnlyCollection<string> entries)
    {
        _names = [.. entries.Where(entry => !entry.StartsWith(Below, StringComparison.Ordinal))];
        _suffixes = [.. entries.Where(entry => entry.StartsWith(Below, StringComparison.Ordinal)).Select(entry => entry[1..])];
    }

    /// <summary>The list without any host.</summary>
    public static HostList None { get; } = new([]);

    /// <summary>Makes a list. Fails for the first text that is not an entry.</summary>
    /// <param name="texts">The entries, in any case.</param>
    /// <param name="invalid">The text that is not an entry; null if there is none.</param>
    /// <returns>The list; null if a text is not an entry.</returns>
    public static HostList? TryParse(IEnumerable<string> texts, out string? invalid)
    {
        var entries = texts.Select(text => (Text: text, Entry: HostName.Normalise(text))).ToList();
        invalid = entries.FirstOrDefault(given => !Grammar().IsMatch(given.Entry)).Text;
        return invalid is null ? new([.. entries.Select(given => given.Entry)]) : null;
    }

    /// <summary>Whether the list allows a host.</summary>
    public bool Contains(string host)
    {
        var name = HostName.Normalise(host);
        return _names.Contains(name)
            || _suffixes.Any(suffix => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal));
    }

    [GeneratedRegex(
        @"\A(\*\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Grammar();
}
