using System.Diagnostics;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Activities of the source <c>Stromboli.PodmanBridge</c>: one for each step of an attempt, and events within it. They cost nothing without
/// a listener.
/// </summary>
internal static class AttemptTraces
{
    private static readonly ActivitySource Source = new("Stromboli.PodmanBridge");

    /// <summary>The bridge applies what the operator wants of an attempt.</summary>
    public static Activity? Apply(DesiredState state, AttemptKey attempt) => Source.HasListeners() ? Step($"apply {state}", attempt) : null;

    /// <summary>A step of an attempt. Ends when it is disposed.</summary>
    public static Activity? Step(string name, AttemptKey attempt) =>
        Source.HasListeners() ? Source.StartActivity(name)?.SetTag("attempt", attempt.ToString()) : null;

    /// <summary>An event of an attempt.</summary>
    public static void Mark(string name, AttemptKey attempt) => Step(name, attempt)?.Dispose();
}
