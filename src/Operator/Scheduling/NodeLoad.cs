using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>A node and what is taken of it in one pass of the scheduler.</summary>
internal sealed class NodeLoad(NodeView node)
{
    private int _runs;
    private long _cpuMillis;
    private long _memoryBytes;
    private long _pids;

    public NodeView Node { get; } = node;

    /// <summary>The processes and threads that one run may have on the idle node.</summary>
    public int RunPids => Math.Min(Node.Pids ?? int.MaxValue, Node.RunPids ?? int.MaxValue);

    public void Take(long cpuMillis, long memoryBytes, int pids)
    {
        _runs++;
        _cpuMillis += cpuMillis;
        _memoryBytes += memoryBytes;
        _pids += pids;
    }

    /// <summary>Whether the run fits on the idle node.</summary>
    public bool IsLargeEnough(WaitingRun run) =>
        Node.MaxRuns > 0 && run.CpuMillis <= Node.CpuMillis && run.MemoryBytes <= Node.MemoryBytes && run.Pids <= RunPids;

    public bool HasRoom(WaitingRun run) =>
        _runs < Node.MaxRuns
        && run.CpuMillis <= Node.CpuMillis - _cpuMillis
        && run.MemoryBytes <= Node.MemoryBytes - _memoryBytes
        && run.Pids <= RunPids
        && (Node.Pids is not { } pids || run.Pids <= pids - _pids);

    /// <summary>The used fraction of the scarcest of the four resources: 0 is idle, 1 is full.</summary>
    public double Fraction =>
        Math.Max(
            Math.Max(Part(_runs, Node.MaxRuns), Node.Pids is { } pids ? Part(_pids, pids) : 0),
            Math.Max(Part(_cpuMillis, Node.CpuMillis), Part(_memoryBytes, Node.MemoryBytes))
        );

    private static double Part(long used, long whole) => whole > 0 ? (double)used / whole : 1;
}
