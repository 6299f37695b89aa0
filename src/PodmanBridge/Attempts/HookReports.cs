using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Converts what the shim reports about hooks into what the operator is told. Pure.</summary>
internal static class HookReports
{
    /// <summary>The hooks of a running agent. They succeeded, since the agent would not run otherwise.</summary>
    public static IReadOnlyList<HookReport>? OfStarted(IReadOnlyList<ShimHookDone>? done) =>
        done
            ?.Select(hook => new HookReport
            {
                Name = hook.Name,
                Result = HookResult.Succeeded,
                ExitCode = 0,
                DurationMs = hook.Ms,
            })
            .ToArray();

    /// <summary>One hook that is over.</summary>
    public static HookReport OfEnded(ShimRecord ended) =>
        new()
        {
            Name = ended.Name ?? "",
            Result = Result(ended),
            ExitCode = ByItself(ended) ? ended.Code : null,
            Signal = ByItself(ended) ? ended.SignalName : null,
            DurationMs = ended.Ms,
        };

    /// <summary>One hook that could not be started.</summary>
    public static HookReport OfFailed(string name) => new() { Name = name, Result = HookResult.Failed };

    private static bool ByItself(ShimRecord ended) => ended.By is null or "agent";

    private static HookResult Result(ShimRecord ended) =>
        ended.By switch
        {
            "hooks" => HookResult.TimedOut,
            "stop" or "lease" => HookResult.Stopped,
            _ => ended.Code == 0 ? HookResult.Succeeded : HookResult.Failed,
        };
}
