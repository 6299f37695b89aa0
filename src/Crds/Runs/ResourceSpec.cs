using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>The compute resources of the container.</summary>
public sealed record ResourceSpec
{
    /// <summary>limits are the maximum resources of the container. The run is not scheduled to a node that cannot enforce them.</summary>
    public ResourceLimits? Limits { get; init; }

    /// <summary>
    /// cpuShares is the relative share of processor time while the node's processors are busy: a run with 1024 gets twice as much as one
    /// with 512. A value above 1024 needs an operator with a higher --max-cpu-shares; otherwise the run ends with PolicyDenied. Defaults to
    /// 1024.
    /// </summary>
    [Bounds(RunLimits.MinCpuShares, RunLimits.MaxCpuShares)]
    public int? CpuShares { get; init; }
}

/// <summary>The maximum resources of the container. The run is not scheduled to a node that cannot enforce them.</summary>
public sealed record ResourceLimits
{
    /// <summary>
    /// memory is the maximum memory in bytes, including swap. A run that exceeds it ends with OutOfMemory. Defaults to 512Mi.
    /// </summary>
    [QuantityBounds(RunLimits.MinMemory, RunLimits.MaxMemory)]
    public Quantity? Memory { get; init; }

    /// <summary>cpu is the maximum processor time, in cores: 500m is half a core. Defaults to 1.</summary>
    [QuantityBounds(RunLimits.MinCpu, RunLimits.MaxCpu)]
    public Quantity? Cpu { get; init; }

    /// <summary>
    /// pids is the maximum number of processes and threads at the same time. The runs of a node together cannot have more than
    /// status.capacity.pids of the AgentNode. One run cannot have more than 4096, unless the node's bridge sets another limit with
    /// --max-run-pids. Defaults to 256.
    /// </summary>
    [Bounds(RunLimits.MinPids, RunLimits.MaxPids)]
    public int? Pids { get; init; }

    /// <summary>
    /// ephemeralStorage is the maximum disk space of the workspace, HOME and log together, in bytes. A run that exceeds it ends with
    /// StorageLimitExceeded. Each file counts with its allocated blocks plus 512 bytes, and each directory with 512 bytes; deleted files
    /// that are still open count too. Usage is measured periodically, so a fast writer can exceed the limit for some seconds. If unset, the
    /// run has no limit of its own; if the node runs out of disk space, the largest run of the namespace that uses the most is ended. /tmp,
    /// /var/tmp and /dev/shm are in memory and have limits of their own.
    /// </summary>
    [QuantityBounds(RunLimits.MinStorage, RunLimits.MaxStorage)]
    public Quantity? EphemeralStorage { get; init; }
}
