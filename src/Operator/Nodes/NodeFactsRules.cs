using System.Text.RegularExpressions;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Limits what a bridge reports of its node to the bounds of the AgentNode's status; pure. Otherwise one bad value could prevent every
/// write of the status.
/// </summary>
internal static partial class NodeFactsRules
{
    /// <summary>How many labels a bridge can set.</summary>
    public const int MaxLabels = 16;

    /// <summary>How many characters of a problem are kept.</summary>
    public const int MaxProblem = 512;

    /// <summary>The limits that every run has and a node must enforce.</summary>
    public static readonly IReadOnlyList<string> Limits = ["cpu", "memory", "pids"];

    /// <summary>
    /// Returns the facts within bounds. A bridge of another version may omit a list. The list is then null, although its type says
    /// otherwise.
    /// </summary>
    public static NodeFacts Clean(NodeFacts facts) =>
        facts with
        {
            BridgeVersion = Word(facts.BridgeVersion) ?? "",
            PodmanVersion = Word(facts.PodmanVersion),
            CliVersion = Word(facts.CliVersion),
            OperatingSystem = Word(facts.OperatingSystem),
            Architecture = Word(facts.Architecture),
            Kernel = Word(facts.Kernel),
            CgroupVersion = Word(facts.CgroupVersion),
            EnforcedLimits = [.. Limits.Append(NodeLimits.StorageLimit).Where((facts.EnforcedLimits ?? []).Contains)],
            AllowedVolumes = [.. (facts.AllowedVolumes ?? []).Where(IsVolume).Distinct().Take(NodeLimits.AllowedVolumes)],
            AllowedPodmanSecrets =
            [
                .. (facts.AllowedPodmanSecrets ?? []).Where(s => Word(s) == s).Distinct().Take(NodeLimits.AllowedPodmanSecrets),
            ],
            DiskPressure = Cut(facts.DiskPressure, MaxProblem),
            CpuMillis = Math.Max(0, facts.CpuMillis),
            MemoryBytes = Math.Max(0, facts.MemoryBytes),
            Pids = facts.Pids is { } pids ? Math.Max(0, pids) : null,
            RunPids = facts.RunPids is { } runPids ? Math.Max(0, runPids) : null,
            MaxRuns = Math.Clamp(facts.MaxRuns, 0, NodeLimits.MaxRuns),
            Labels = Labels(facts.Labels ?? new Dictionary<string, string>()),
            Problem = Cut(facts.Problem, MaxProblem),
        };

    /// <summary>Whether the node enforces every limit of a run, or its admin allows runs without them.</summary>
    public static bool TakesLimits(NodeFacts facts) => facts.AllowsUnenforcedLimits || Limits.All(facts.EnforcedLimits.Contains);

    /// <summary>Whether the node enforces limits of disk use, or its admin allows runs without them.</summary>
    public static bool KeepsStorageLimits(NodeFacts facts) =>
        facts.AllowsUnenforcedLimits || facts.EnforcedLimits.Contains(NodeLimits.StorageLimit);

    private static bool IsVolume(NodeVolume? volume) =>
        volume is { PathPrefix: { Length: <= RunLimits.Path } path, ReadOnly: not null }
        && path.StartsWith('/')
        && !path.Any(char.IsControl);

    private static Dictionary<string, string> Labels(IReadOnlyDictionary<string, string> said)
    {
        var labels = new Dictionary<string, string>();
        foreach (var (key, value) in said.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            var name = key.StartsWith(NodeLimits.ReportedLabelPrefix, StringComparison.Ordinal)
                ? key[NodeLimits.ReportedLabelPrefix.Length..]
                : key;
            if (labels.Count < MaxLabels && LabelName().IsMatch(name) && value is not null && LabelValue().IsMatch(value))
            {
                labels[NodeLimits.ReportedLabelPrefix + name] = value;
            }
        }

        return labels;
    }

    private static string? Word(string? text) => Cut(text, StatusLimits.Word);

    /// <summary>Cuts the text to one line of at most this length; null if it is empty.</summary>
    internal static string? Cut(string? text, int length)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var end = Math.Min(text.Length, length);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return PlainText.Of(text[..end], ' ');
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelName();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValue();
}
