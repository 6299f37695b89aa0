using System.Globalization;
using System.Text.RegularExpressions;

namespace Stromboli.Bench.ApiWrites;

/// <summary>What an API server has counted so far: the metric <c>apiserver_request_total</c>, by resource, subresource and verb.</summary>
internal sealed partial class RequestCounts
{
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"];

    private readonly Dictionary<ApiWrite, double> _counts = [];

    /// <summary>Reads the text of <c>/metrics</c>.</summary>
    public static RequestCounts Parse(string metrics)
    {
        var counts = new RequestCounts();
        foreach (var line in metrics.Split('\n').Where(line => line.StartsWith("apiserver_request_total{", StringComparison.Ordinal)))
        {
            var labels = Label().Matches(line).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
            if (!Writes.Contains(labels["verb"]))
                continue;
            var write = new ApiWrite(labels["resource"], labels["subresource"], labels["verb"]);
            counts._counts[write] = counts._counts.GetValueOrDefault(write) + double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return counts;
    }

    /// <summary>The writes that came since an earlier reading.</summary>
    public IReadOnlyDictionary<ApiWrite, int> Since(RequestCounts earlier) => _counts
        .Select(pair => (pair.Key, Count: (int)(pair.Value - earlier._counts.GetValueOrDefault(pair.Key))))
        .Where(pair => pair.Count > 0)
        .ToDictionary(pair => pair.Key, pair => pair.Count);

    [GeneratedRegex("""(?<name>[a-z_]+)="(?<value>[^"]*)"[,}]""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Label();
}
