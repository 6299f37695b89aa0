using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>An attempt cannot run on this node, for a typed reason.</summary>
internal sealed class RunRefusedException(RunReason reason, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The reason that the run ends with.</summary>
    public RunReason Reason { get; } = reason;
}
