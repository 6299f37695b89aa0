using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Says how a hook failed. Pure.</summary>
internal static class HookOutcome
{
    private const int NoSuchFile = 2;

    /// <summary>A hook that did not exit with 0, or did not end in time.</summary>
    /// <param name="exit">The shim's report. It names a hook.</param>
    /// <param name="timeoutMs">The time limit of all hooks together, in milliseconds.</param>
    public static string Sentence(ShimExit exit, long timeoutMs) =>
        exit switch
        {
            { By: "hooks" } =>
                $"The hook {exit.Hook} was stopped, since lifecycle.timeout of {Duration(timeoutMs)} was over; its output is in the log.",
            { SignalName: { } signal } => $"The hook {exit.Hook} was ended by {signal}; its output is in the log.",
            _ => $"The hook {exit.Hook} exited with {exit.Code}; its output is in the log.",
        };

    /// <summary>A hook that could not be started.</summary>
    public static string Sentence(ShimFailure failure) =>
        failure switch
        {
            { Step: "exec", Errno: NoSuchFile } =>
                $"The hook {failure.Hook} could not be started: the image has no /bin/sh, or not the interpreter that it needs.",
            { Step: "exec" } => $"The hook {failure.Hook} could not be started: the image's /bin/sh cannot be run: {failure.Message}.",
            _ => $"The hook {failure.Hook} could not be started ({failure.Step}): {failure.Message}.",
        };

    private static string Duration(long milliseconds) => new Crds.Values.GoDuration(TimeSpan.FromMilliseconds(milliseconds)).ToString();
}
