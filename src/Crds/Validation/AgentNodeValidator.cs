using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of the AgentNode CRD once more, in code.</summary>
public static class AgentNodeValidator
{
    /// <summary>Everything that is wrong with the spec; empty when nothing is. An absent spec is right.</summary>
    public static IReadOnlyList<SpecError> Validate(AgentNodeSpec? spec)
    {
        var checks = new FieldChecks();
        checks.Number("spec.maxRuns", spec?.MaxRuns, 0, NodeLimits.MaxRuns);
        checks.Items("spec.prePullImages", spec?.PrePullImages?.Count, 0, NodeLimits.PrePullImages);
        checks.Texts("spec.prePullImages", spec?.PrePullImages, 1, RunLimits.Image, PatternRegexes.Image, Sentences.Image);
        checks.Labels("spec.labels", spec?.Labels, NodeLimits.Labels, RunLimits.LabelValue);
        if (spec?.Labels?.Keys.Any(key => key.StartsWith(NodeLimits.ReportedLabelPrefix, StringComparison.Ordinal)) == true)
        {
            checks.Add("spec.labels", NodeLimits.ReportedLabelSentence);
        }

        return checks.Errors;
    }
}
