using System.Globalization;
using System.Text.RegularExpressions;

namespace Stromboli.Testbed.Requests;

/// <summary>What an API server has counted so far: the metric <c>apiserver_request_total</c>, by resource, subresource and verb.</summary>
public sealed partial class RequestCounts
{
    private readonly Dictionary<ApiCall, double> _counts = [];

    /// <summary>Reads the text of <c>/metrics</c>.</summary>
    public static RequestCounts Parse(string metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var counts = new RequestCounts();
        foreach (var line in metrics.Split('\n').Where(line => line.StartsWith("apiserver_request_total{", StringComparison.Ordinal)))
        {
            var labels = Label()
                .Matches(line)
                .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
            var call = new ApiCall(labels["resource"], labels["subresource"], labels["verb"]);
            counts._counts[call] =
                counts._counts.GetValueOrDefault(call) + double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return counts;
    }

    /// <summary>The requests that came since an earlier reading.</summary>
    public IReadOnlyDictionary<ApiCall, int> Since(RequestCounts earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return _counts
            .Select(pair => (pair.Key, Count: (int)(pair.Value - earlier._counts.GetValueOrDefault(pair.Key))))
            .Where(pair => pair.Count > 0)
            .ToDictionary(pair => pair.Key, pair => pair.Count);
    }

    [GeneratedRegex("""(?<name>[a-z_]+)="(?<value>[^"]*)"[,}]""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Label();
}
