using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>What the container may use of its node.</summary>
public sealed record ResourceSpec
{
    /// <summary>Limits of the container. A node that cannot enforce them is not used.</summary>
    public ResourceLimits? Limits { get; init; }

    /// <summary>
    /// Share of the processors while the node has more to do than it can: a run with 1024 gets twice as much as one with 512. 1024 when
    /// absent, and at most, unless the operator's --max-cpu-shares allows more; the run ends with PolicyDenied else.
    /// </summary>
    [Bounds(RunLimits.MinCpuShares, RunLimits.MaxCpuShares)]
    public int? CpuShares { get; init; }
}
