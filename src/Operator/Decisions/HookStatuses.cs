using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Decisions;

/// <summary>Builds the statuses of a run's hooks; pure. Their names and number come from the spec, whatever a node reports.</summary>
internal static class HookStatuses
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <summary>Returns a status for every hook of the spec; null if the node reports that none has run.</summary>
    public static List<HookStatus>? Of(LifecycleSpec? lifecycle, IReadOnlyList<HookReport>? reports)
    {
        var hooks = LifecycleHook.Of(lifecycle);
        if (reports is null || !hooks.Any(hook => Find(reports, hook) is not null))
        {
            return null;
        }

        return [.. hooks.Take(StatusLimits.Hooks).Select(hook => Status(hook, Find(reports, hook)))];
    }

    private static HookReport? Find(IReadOnlyList<HookReport> reports, LifecycleHook hook) =>
        reports.FirstOrDefault(report => report.Name == hook.Name);

    private static HookStatus Status(LifecycleHook hook, HookReport? report) =>
        new()
        {
            Name = hook.Name,
            Result =
                report is null ? HookResult.NotRun
                : Enum.IsDefined(report.Result) ? report.Result
                : HookResult.Failed,
            ExitCode = StatusBounds.ExitCode(report?.ExitCode),
            Signal = StatusBounds.Word(report?.Signal),
            Duration = report?.DurationMs is { } milliseconds
                ? new GoDuration(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, (long)Longest.TotalMilliseconds)))
                : null,
        };
}
