namespace Stromboli.Operator.Nodes;

/// <summary>The resources of a node that runs hold.</summary>
/// <param name="Runs">The number of runs.</param>
/// <param name="CpuMillis">Processor time, in thousandths of a processor.</param>
/// <param name="MemoryBytes">Memory, in bytes.</param>
/// <param name="Pids">Processes and threads.</param>
internal readonly record struct NodeAllocation(int Runs, long CpuMillis, long MemoryBytes, int Pids);

/// <summary>What the runs hold of each node.</summary>
internal interface INodeAllocations
{
    /// <summary>The resources of the node that runs hold, by their records.</summary>
    NodeAllocation OnNode(string node);

    /// <summary>Calls the handler with the name of each node whose allocation may have changed.</summary>
    void OnChange(Action<string> changed);
}
