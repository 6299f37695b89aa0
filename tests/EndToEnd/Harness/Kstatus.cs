using System.Text.Json.Nodes;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// The status that Flux, <c>kubectl</c> plug-ins and other users of sigs.k8s.io/cli-utils (package <c>kstatus</c>) compute for an object of
/// an unknown kind. They wait while it is in progress, and continue or fail at the other two.
/// </summary>
internal static class Kstatus
{
    public const string InProgress = "InProgress";
    public const string Current = "Current";
    public const string Failed = "Failed";

    /// <summary>Computes the status from the object as it was received.</summary>
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
