using System.Text.Json;

namespace Stromboli.Podman;

/// <summary>Writes libpod's <c>filters</c> parameter: a map of lists, as JSON, escaped for a query.</summary>
internal static class PodmanFilters
{
    public static string Labels(IReadOnlyDictionary<string, string> labels) => Of(("label", labels.Select(l => $"{l.Key}={l.Value}")));

    /// <summary>Whether a resource has all of the labels. Podman 5.4 lists volumes and events that have any of them.</summary>
    public static bool Carries(IReadOnlyDictionary<string, string>? actual, IReadOnlyDictionary<string, string> labels) =>
        labels.All(l => actual is not null && actual.TryGetValue(l.Key, out var value) && value == l.Value);

    public static string Of(params (string Key, IEnumerable<string> Values)[] filters)
    {
        var map = filters.ToDictionary(f => f.Key, f => f.Values.ToArray());
        return Uri.EscapeDataString(JsonSerializer.Serialize(map, PodmanJson.Default.DictionaryStringStringArray));
    }
}
