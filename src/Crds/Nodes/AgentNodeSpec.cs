using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Nodes;

/// <summary>What an admin wants of the node.</summary>
public sealed record AgentNodeSpec
{
    /// <summary>True keeps new runs away; those that are there go on. False when absent.</summary>
    public bool? Unschedulable { get; init; }

    /// <summary>Runs at the same time, at most. What the bridge was started with when absent.</summary>
    [Bounds(0, NodeLimits.MaxRuns)]
    public int? MaxRuns { get; init; }

    /// <summary>
    /// Images that are to be on the node before a run asks for them. What is missing is pulled, without a login, one at a time and behind
    /// what runs pull; nothing is ever removed. The condition ImagesPulled tells how far it is.
    /// </summary>
    [Items(NodeLimits.PrePullImages, TextMin = 1, TextMax = RunLimits.Image)]
    [Pattern(Patterns.Image, Sentences.Image)]
    public List<string>? PrePullImages { get; init; }

    /// <summary>Labels that node selectors may trust. Those under node.stromboli.dev/ are the node's own and cannot be set here.</summary>
    [Entries(NodeLimits.Labels, RunLimits.LabelValue)]
    [Pattern(Patterns.LabelValue, Sentences.LabelValue)]
    [CelRule("self.all(key, key.matches(r'" + Patterns.LabelKey + "'))", "{path} " + Sentences.LabelKey)]
    [CelRule("!self.exists(key, key.startsWith('" + NodeLimits.ReportedLabelPrefix + "'))", "{path} " + NodeLimits.ReportedLabelSentence)]
    public Dictionary<string, string>? Labels { get; init; }
}
