using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Stromboli.Testing;

/// <summary>Compares instruments with the tables of <c>docs/operations/metrics.md</c>.</summary>
public static partial class MetricsGuide
{
    /// <summary>The rows of a section: a metric's name on the page and its type.</summary>
    /// <param name="section">The heading, <c>Operator</c> or <c>Bridge</c>.</param>
    public static IReadOnlyDictionary<string, string> Rows(string section)
    {
        var guide = File.ReadAllText(GuidePath());
        var start = guide.IndexOf($"\n### {section}\n", StringComparison.Ordinal) + 5;
        var end = guide.IndexOf("\n##", start, StringComparison.Ordinal);
        return Row().Matches(guide[start..end]).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["type"].Value);
    }

    /// <summary>The name of an instrument on the page for Prometheus.</summary>
    public static string NameOf(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return instrument.Name.Replace('.', '_') + unit + (TypeOf(instrument) == "counter" ? "_total" : "");
    }

    /// <summary>The type of an instrument on the page for Prometheus.</summary>
    public static string TypeOf(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var kind = instrument.GetType().Name.Split('`')[0];
        return kind switch
        {
            "Counter" => "counter",
            "Histogram" => "histogram",
            "UpDownCounter" or "Gauge" or "ObservableGauge" => "gauge",
            _ => $"no type is known for {kind}",
        };
    }

    private static string GuidePath([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "docs", "operations", "metrics.md");

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?<type>\w+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
