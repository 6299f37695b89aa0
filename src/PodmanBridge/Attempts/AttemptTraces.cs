using System.Diagnostics;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Activities of the source <c>Stromboli.PodmanBridge</c>: one for each step of an attempt, and moments of it. They cost nothing while
/// nobody listens.
/// </summary>
internal static class AttemptTraces
{
    private static readonly ActivitySource Source = new("Stromboli.PodmanBridge");

    /// <summary>What the operator wants of an attempt is applied.</summary>
    public static Activity? Apply(DesiredState state, AttemptKey attempt) => Source.HasListeners() ? Step($"apply {state}", attempt) : null;

    /// <summary>A step of an attempt; over when it is disposed.</summary>
    public static Activity? Step(string name, AttemptKey attempt) =>
        Source.HasListeners() ? Source.StartActivity(name)?.SetTag("attempt", attempt.ToString()) : null;

    /// <summary>A moment of an attempt.</summary>
    public static void Mark(string name, AttemptKey attempt) => Step(name, attempt)?.Dispose();
}
