using System.Globalization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>One attempt of one run. Everything on a node is named by it.</summary>
/// <param name="UID">The UID of the AgentRun.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
internal readonly record struct AttemptKey(string UID, int Attempt)
{
    /// <summary>The attempt in the labels of a container or volume; null if the labels name none.</summary>
    public static AttemptKey? FromLabels(Dictionary<string, string>? labels) =>
        labels is not null
        && labels.TryGetValue(ContainerLabels.RunUID, out var uid)
        && labels.TryGetValue(ContainerLabels.Attempt, out var text)
        && int.TryParse(text, out var attempt)
            ? new AttemptKey(uid, attempt)
            : null;

    /// <summary>The attempt that a file or folder is named after; null if its name is not that of an attempt.</summary>
    public static AttemptKey? FromName(string name) =>
        name.EndsWith(ContainerNames.CloneSuffix, StringComparison.Ordinal) ? FromName(name[..^ContainerNames.CloneSuffix.Length])
        : name.EndsWith(ContainerNames.DiffSuffix, StringComparison.Ordinal) ? FromName(name[..^ContainerNames.DiffSuffix.Length])
        : name.LastIndexOf('-') is var dash
        && dash > 0
        && int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new AttemptKey(name[..dash], attempt)
        : null;

    /// <summary>The form that names of files and containers contain.</summary>
    public override string ToString() => $"{UID}-{Attempt}";
}
