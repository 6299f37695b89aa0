using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>A node and what is taken of it, within one pass of the scheduler.</summary>
internal sealed class NodeLoad(NodeView node)
{
    private int _runs;
    private long _cpuMillis;
    private long _memoryBytes;

    public NodeView Node { get; } = node;

    public void Take(long cpuMillis, long memoryBytes)
    {
        _runs++;
        _cpuMillis += cpuMillis;
        _memoryBytes += memoryBytes;
    }

    /// <summary>Whether the run could ever fit, with nothing else on the node.</summary>
    public bool IsLargeEnough(WaitingRun run) =>
        Node.MaxRuns > 0 && run.CpuMillis <= Node.CpuMillis && run.MemoryBytes <= Node.MemoryBytes;

    public bool HasRoom(WaitingRun run) =>
        _runs < Node.MaxRuns
        && run.CpuMillis <= Node.CpuMillis - _cpuMillis
        && run.MemoryBytes <= Node.MemoryBytes - _memoryBytes;

    /// <summary>The scarcest of the three, as a fraction: 0 is idle, 1 is full.</summary>
    public double Fraction => Math.Max(
        Part(_runs, Node.MaxRuns),
        Math.Max(Part(_cpuMillis, Node.CpuMillis), Part(_memoryBytes, Node.MemoryBytes)));

    private static double Part(long used, long whole) => whole > 0 ? (double)used / whole : 1;
}
