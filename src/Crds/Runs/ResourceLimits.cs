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

    /// <summary>
    /// Processes and threads at the same time. 256 when absent. A node gives its runs together no more than it has (status.capacity.pids of
    /// the AgentNode), and one run at most 4096 unless its bridge's --max-run-pids says otherwise.
    /// </summary>
    [Bounds(RunLimits.MinPids, RunLimits.MaxPids)]
    public int? Pids { get; init; }

    /// <summary>
    /// Most that the run may take of the node's disk with its workspace, HOME and log; the run ends with StorageLimitExceeded beyond it.
    /// Counted are the blocks that files have on the disk and 512 bytes for each file and directory, also of deleted files that are still
    /// open. It is measured from time to time, so a fast writer passes it by some seconds' worth. No limit of its own when absent: when the
    /// node's disk runs full, the largest run of the namespace that has most on it ends. /tmp, /var/tmp and /dev/shm are memory, and
    /// bounded by themselves.
    /// </summary>
    [QuantityBounds(RunLimits.MinStorage, RunLimits.MaxStorage)]
    public Quantity? EphemeralStorage { get; init; }
}
