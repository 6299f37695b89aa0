using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Nodes;

/// <summary>The desired state of an AgentNode.</summary>
public sealed record AgentNodeSpec
{
    /// <summary>
    /// unschedulable, if true, keeps new runs from being scheduled to the node. Runs that are already there continue. Defaults to false.
    /// </summary>
    public bool? Unschedulable { get; init; }

    /// <summary>
    /// maxRuns is the maximum number of runs at the same time. If unset, it is the number that the node's bridge was started with.
    /// </summary>
    [Bounds(0, NodeLimits.MaxRuns)]
    public int? MaxRuns { get; init; }

    /// <summary>
    /// prePullImages lists images that the node pulls before a run needs them. They are pulled without credentials, one at a time, and
    /// after the images that runs wait for. Images are never removed. The condition ImagesPulled reports the progress.
    /// </summary>
    [Items(NodeLimits.PrePullImages, TextMin = 1, TextMax = RunLimits.Image)]
    [Pattern(Patterns.Image, Messages.Image)]
    public List<string>? PrePullImages { get; init; }

    /// <summary>
    /// labels are trusted labels for node selectors. Keys under node.stromboli.dev/ are reserved for labels that the node reports.
    /// </summary>
    [Entries(NodeLimits.Labels, RunLimits.LabelValue)]
    [Pattern(Patterns.LabelValue, Messages.LabelValue)]
    [CelRule("self.all(key, key.matches(r'" + Patterns.LabelKey + "'))", "{path} " + Messages.LabelKey)]
    [CelRule("!self.exists(key, key.startsWith('" + NodeLimits.ReportedLabelPrefix + "'))", "{path} " + NodeLimits.ReportedLabelMessage)]
    public Dictionary<string, string>? Labels { get; init; }
}
