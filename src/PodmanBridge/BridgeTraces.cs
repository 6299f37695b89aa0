using System.Diagnostics;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Podman;
using Stromboli.PodmanBridge.Runs;

namespace Stromboli.PodmanBridge;

/// <summary>
/// Activities of the source <c>Stromboli.PodmanBridge</c>: one for each call to the engine (<c>POST containers/start</c>) and for each step of an attempt's way, and
/// moments of it. They cost nothing while nobody listens.
/// </summary>
internal static class BridgeTraces
{
    private static readonly ActivitySource Source = new("Stromboli.PodmanBridge");

    /// <summary>A call to the engine, named by the first and the last part of its path: what is between is a name.</summary>
    public static Activity? Call(PodmanRequest request)
    {
        if (!Source.HasListeners())
            return null;
        var parts = request.Path.Split('?')[0].Split('/');
        return Source.StartActivity($"{request.Method} {parts[0]}/{parts[^1]}", ActivityKind.Client);
    }

    /// <summary>What the operator wants of an attempt is applied.</summary>
    public static Activity? Apply(DesiredState state, AttemptKey attempt) => Source.HasListeners() ? Step($"apply {state}", attempt) : null;

    /// <summary>A step of an attempt's way; over when it is disposed.</summary>
    public static Activity? Step(string name, AttemptKey attempt) =>
        Source.HasListeners() ? Source.StartActivity(name)?.SetTag("attempt", attempt.ToString()) : null;

    /// <summary>A moment of an attempt's way.</summary>
    public static void Mark(string name, AttemptKey attempt) => Step(name, attempt)?.Dispose();
}
