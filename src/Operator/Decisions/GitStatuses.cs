using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Decisions;

/// <summary>Builds what a run's status says of its repository; pure.</summary>
internal static class GitStatuses
{
    /// <summary>
    /// Returns what is known with what a node reports. A node repeats its whole report, so a push that is known already is not added again.
    /// </summary>
    /// <param name="known">The status so far, with the pushes of earlier attempts.</param>
    /// <param name="report">The report of the node; null if it has none.</param>
    public static RunGit? Add(RunGit? known, GitReport? report)
    {
        if (report is null)
        {
            return known;
        }

        List<RunPush> pushes = [.. known?.Pushes ?? []];
        foreach (var push in report.Pushes.TakeLast(StatusLimits.Pushes).Select(Push))
        {
            if (!pushes.Contains(push))
            {
                pushes.Add(push);
            }
        }

        return new()
        {
            Commit = StatusBounds.Word(report.Commit) ?? known?.Commit,
            Pushes = pushes.Count == 0 ? null : [.. pushes.TakeLast(StatusLimits.Pushes)],
        };
    }

    // Kubernetes stores whole seconds. With a fraction, the push would not be recognised when the node repeats it.
    private static RunPush Push(PushReport push) =>
        new()
        {
            Branch = StatusBounds.Word(push.Branch),
            Commit = StatusBounds.Word(push.Commit),
            Previous = StatusBounds.Word(push.Previous),
            Time = push.Time.ToUniversalTime().WholeSeconds(),
        };
}
