using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>An empty directory on the node's disk.</summary>
public sealed record EmptyDirWorkspace
{
    /// <summary>
    /// Most that the workspace may take of the node's disk, as resources.limits.ephemeralStorage counts; the run ends with
    /// StorageLimitExceeded beyond it. No limit of its own when absent.
    /// </summary>
    [QuantityBounds(RunLimits.MinStorage, RunLimits.MaxStorage)]
    public Quantity? SizeLimit { get; init; }
}
