using System.Text.RegularExpressions;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Brings what a bridge says of its node within the bounds of AgentNode's status, so that one odd word cannot keep the status from being
/// written; pure.
/// </summary>
internal static partial class NodeFactsRules
{
    /// <summary>How many labels a bridge can set.</summary>
    public const int MaxLabels = 16;

    /// <summary>How many characters of a problem are kept.</summary>
    public const int MaxProblem = 512;

    /// <summary>The limits that every run has, each of which a node must enforce.</summary>
    public static readonly IReadOnlyList<string> Limits = ["cpu", "memory", "pids"];

    /// <summary>
    /// The facts within bounds. A bridge of another version may leave a list out, which then arrives as null whatever its type says.
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

    /// <summary>Whether the node enforces every limit of a run or was told to do without.</summary>
    public static bool TakesLimits(NodeFacts facts) => facts.AllowsUnenforcedLimits || Limits.All(facts.EnforcedLimits.Contains);

    /// <summary>Whether the node keeps limits of disk use or was told to do without.</summary>
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

    /// <summary>One line of at most so many characters; null for none.</summary>
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
