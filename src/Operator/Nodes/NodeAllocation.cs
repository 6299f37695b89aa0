namespace Stromboli.Operator.Nodes;

/// <summary>What runs have taken of a node.</summary>
/// <param name="Runs">How many there are.</param>
/// <param name="CpuMillis">Processor time, in thousandths of a processor.</param>
/// <param name="MemoryBytes">Memory, in bytes.</param>
/// <param name="Pids">Processes and threads.</param>
internal readonly record struct NodeAllocation(int Runs, long CpuMillis, long MemoryBytes, int Pids);
