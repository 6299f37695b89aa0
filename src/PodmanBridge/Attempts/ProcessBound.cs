using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The node's own bound of what a run may ask for in processes and threads. The operator places no run beyond it; the node does not rely on
/// that. Pure.
/// </summary>
internal static class ProcessBound
{
    /// <summary>Why the node does not take the attempt, as a sentence; null if it does.</summary>
    /// <param name="spec">The attempt.</param>
    /// <param name="most">What one run may have.</param>
    /// <param name="node">The node's name.</param>
    public static string? Problem(AttemptSpec spec, int most, string node) =>
        spec.Pids <= most
            ? null
            : $"spec.resources.limits.pids: node {node} gives a run at most {most} processes, and this one asks for {spec.Pids}; its bridge would need --max-run-pids {spec.Pids}.";
}
