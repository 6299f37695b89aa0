using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Nodes;

/// <summary>What is said of the images that are wanted on a node; pure but for the clock of the conditions.</summary>
internal static class PrePullRules
{
    /// <summary>
    /// The images that are wanted on the node, as far as their names are ones: an API server without CEL lets others through.
    /// </summary>
    public static IReadOnlyList<string> Wanted(AgentNode node) =>
        [
            .. (node.Spec?.PrePullImages ?? [])
                .Where(name => name is { Length: > 0 and <= RunLimits.Image } && ImageNames.IsName(name))
                .Distinct()
                .Take(NodeLimits.PrePullImages),
        ];

    /// <summary>The conditions with what is known of these images; without if there are none.</summary>
    public static List<Condition> Set(IReadOnlyList<Condition>? before, AgentNode node, NodeReport report, TimeProvider clock)
    {
        var wanted = Wanted(node);
        if (wanted.Count == 0)
        {
            return [.. (before ?? []).Where(condition => condition.Type != NodeConditions.ImagesPulled)];
        }

        var known = Conditions.Find(before, NodeConditions.ImagesPulled);
        // A node that is away keeps its images: what was said last stands until it is back, or until something else is wanted.
        if (report.PrePull is null && known is not null && known.ObservedGeneration == node.Metadata.Generation)
        {
            return [.. before!];
        }

        return Conditions.Set(before, Condition(wanted, report) with { ObservedGeneration = node.Metadata.Generation }, clock);
    }

    private static Condition Condition(IReadOnlyList<string> wanted, NodeReport report)
    {
        if (report.PrePull is not { } progress || !progress.Images.SequenceEqual(wanted))
        {
            return Of(ConditionStatus.Unknown, "Waiting", "The node has not said yet how far it is with spec.prePullImages.");
        }

        var count = $"{progress.Present} of {wanted.Count}";
        if (progress.Present == wanted.Count)
        {
            return Of(ConditionStatus.True, "Pulled", $"{count} images are there.");
        }

        if (progress.Failure is { } failure)
        {
            return Of(ConditionStatus.False, "PullFailed", $"{count} images are there. {failure} It is tried again.");
        }

        return Of(
            ConditionStatus.False,
            "Pulling",
            progress.Pulling is { } name ? $"{count} images are there; {name} is next." : $"{count} images are there."
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
