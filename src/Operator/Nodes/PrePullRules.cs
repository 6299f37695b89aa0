using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Nodes;

/// <summary>Builds the condition of the images that a node pulls ahead; pure except for the clock of the conditions.</summary>
internal static class PrePullRules
{
    /// <summary>The desired images of the node that have valid names. An API server without CEL accepts other names too.</summary>
    public static IReadOnlyList<string> Desired(AgentNode node) =>
        [
            .. (node.Spec?.PrePullImages ?? [])
                .Where(name => name is { Length: > 0 and <= RunLimits.Image } && ImageNames.IsName(name))
                .Distinct()
                .Take(NodeLimits.PrePullImages),
        ];

    /// <summary>Sets the condition of the desired images, or removes it if there are none.</summary>
    public static List<Condition> Set(IReadOnlyList<Condition>? before, AgentNode node, NodeReport report, TimeProvider clock)
    {
        var desired = Desired(node);
        if (desired.Count == 0)
        {
            return [.. (before ?? []).Where(condition => condition.Type != NodeConditions.ImagesPulled)];
        }

        var known = Conditions.Find(before, NodeConditions.ImagesPulled);
        // A disconnected node keeps its images, so its condition stays until the node reports again or other images are desired.
        if (report.PrePull is null && known is not null && known.ObservedGeneration == node.Metadata.Generation)
        {
            return [.. before!];
        }

        return Conditions.Set(before, Condition(desired, report) with { ObservedGeneration = node.Metadata.Generation }, clock);
    }

    private static Condition Condition(IReadOnlyList<string> desired, NodeReport report)
    {
        if (report.PrePull is not { } progress || !progress.Images.SequenceEqual(desired))
        {
            return Of(ConditionStatus.Unknown, "Waiting", "The node has not reported its progress with spec.prePullImages yet.");
        }

        var count = $"{progress.Present} of {desired.Count}";
        if (progress.Present == desired.Count)
        {
            return Of(ConditionStatus.True, "Pulled", $"{count} images are present.");
        }

        if (progress.Failure is { } failure)
        {
            return Of(ConditionStatus.False, "PullFailed", $"{count} images are present. {failure} Trying again.");
        }

        return Of(
            ConditionStatus.False,
            "Pulling",
            progress.Pulling is { } name ? $"{count} images are present; {name} is next." : $"{count} images are present."
        );
    }

    private static Condition Of(string status, string reason, string message) =>
        new()
        {
            Type = NodeConditions.ImagesPulled,
            Status = status,
            Reason = reason,
            Message = message,
        };
}
