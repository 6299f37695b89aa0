using System.Text.Json.Nodes;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// What Flux, <c>kubectl</c> plug-ins and other tools of sigs.k8s.io/cli-utils make of an object whose kind they do not know (its package
/// <c>kstatus</c>): they wait while it is in progress, and go on or give up at the other two.
/// </summary>
internal static class Kstatus
{
    public const string InProgress = "InProgress";
    public const string Current = "Current";
    public const string Failed = "Failed";

    /// <summary>Its status, from the object as it came.</summary>
    public static string Of(JsonNode item)
    {
        if (item["metadata"]?["generation"]?.GetValue<long>() != item["status"]?["observedGeneration"]?.GetValue<long>())
        {
            return InProgress;
        }

        foreach (var condition in Conditions(item).Where(condition => condition["status"]?.ToString() == "True"))
        {
            if (condition["type"]?.ToString() == "Reconciling")
            {
                return InProgress;
            }

            if (condition["type"]?.ToString() == "Stalled")
            {
                return Failed;
            }
        }

        return
            Conditions(item).FirstOrDefault(condition => condition["type"]?.ToString() == "Ready") is { } ready
            && ready["status"]?.ToString() != "True"
            ? InProgress
            : Current;
    }

    private static IEnumerable<JsonNode> Conditions(JsonNode item) =>
        item["status"]?["conditions"]?.AsArray().Select(condition => condition!) ?? [];
}
