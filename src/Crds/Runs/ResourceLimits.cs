using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>Limits of the container. A node that cannot enforce them is not used.</summary>
public sealed record ResourceLimits
{
    /// <summary>Memory, swap included; the run ends with OutOfMemory beyond it. 512Mi when absent.</summary>
    [QuantityBounds(RunLimits.MinMemory, RunLimits.MaxMemory)]
    public Quantity? Memory { get; init; }

    /// <summary>Processor time, in cores: 500m is half of one. 1 when absent.</summary>
    [QuantityBounds(RunLimits.MinCpu, RunLimits.MaxCpu)]
    public Quantity? Cpu { get; init; }

    /// <summary>Processes and threads at the same time. 256 when absent.</summary>
    [Bounds(RunLimits.MinPids, RunLimits.MaxPids)]
    public int? Pids { get; init; }
}
