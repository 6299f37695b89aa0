using System.Text.Json;

namespace Stromboli.PodmanBridge.Podman;

/// <summary>The <c>filters</c> parameter of libpod: a map of lists, as JSON, escaped for a query.</summary>
internal static class PodmanFilters
{
    public static string Labels(IReadOnlyDictionary<string, string> labels) => Of(("label", labels.Select(l => $"{l.Key}={l.Value}")));

    public static string Of(params (string Key, IEnumerable<string> Values)[] filters)
    {
        var map = filters.ToDictionary(f => f.Key, f => f.Values.ToArray());
        return Uri.EscapeDataString(JsonSerializer.Serialize(map, PodmanJson.Default.DictionaryStringStringArray));
    }
}
