using System.Diagnostics;
using Stromboli.NodeLink.Messages;
using Stromboli.Telemetry.Traces;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Activities of the source <c>Stromboli.PodmanBridge</c>: one for each step of an attempt that is open while something happens, and events
/// within it. They belong to the trace of the run, and cost nothing without a listener.
/// </summary>
internal static class AttemptTraces
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Stromboli.PodmanBridge";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The bridge applies what the operator wants of an attempt.</summary>
    public static Activity? Apply(DesiredAttempt desired) =>
        Source.HasListeners()
            ? Start(
                $"apply {desired.State}",
                desired.Attempt,
                RunTrace.AttemptContext(desired.UID, desired.Attempt, desired.Spec?.TraceParent)
            )
            : null;

    /// <summary>A step of an attempt. Ends when it is disposed.</summary>
    public static Activity? Step(string name, AttemptRecord record) =>
        Source.HasListeners() ? Start(name, record.Attempt, ContextOf(record)) : null;

    /// <summary>A part of the step that is open here. Ends when it is disposed.</summary>
    public static Activity? Part(string name, AttemptRecord record) =>
        Source.HasListeners() ? Start(name, record.Attempt, Activity.Current?.Context ?? ContextOf(record)) : null;

    /// <summary>An event of an attempt.</summary>
    public static void Mark(string name, AttemptRecord record) => Step(name, record)?.Dispose();

    private static ActivityContext ContextOf(AttemptRecord record) =>
        RunTrace.AttemptContext(record.UID, record.Attempt, record.Spec.TraceParent);

    // The parent is given: the work of a step begins on behalf of a message, whose activity may be open.
    private static Activity? Start(string name, int attempt, ActivityContext parent) =>
        Source.StartActivity(name, ActivityKind.Internal, parent)?.SetTag(RunAttributes.Attempt, attempt);
}
