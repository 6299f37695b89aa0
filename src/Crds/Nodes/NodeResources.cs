using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Nodes;

/// <summary>Amounts of what a node has or has given away.</summary>
public sealed record NodeResources
{
    /// <summary>Processors, in cores, such as 8 or 3500m.</summary>
    [TextLength(0, StatusLimits.Word)]
    public Quantity? Cpu { get; init; }

    /// <summary>Memory, in bytes, such as 32Gi.</summary>
    [TextLength(0, StatusLimits.Word)]
    public Quantity? Memory { get; init; }

    /// <summary>Processes and threads. Absent if the node's bridge does not say.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Pids { get; init; }

    /// <summary>Runs at the same time.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Runs { get; init; }
}
