using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>When the run is tried again from its beginning.</summary>
public sealed record RetrySpec
{
    /// <summary>How many times the run may start again, perhaps on another node, because its node was lost. 1 when absent.</summary>
    [Bounds(0, RunLimits.NodeLostRetries)]
    public int? NodeLost { get; init; }
}
