namespace Stromboli.Operator.Scheduling;

/// <summary>The nodes for one <see cref="RunDemand"/> in one pass of the scheduler. Runs with equal demands share it.</summary>
internal sealed class NodeChoice
{
    private readonly IReadOnlyList<NodeLoad> _able;
    private bool _full;

    private NodeChoice(IReadOnlyList<NodeLoad> able, Placement? refusal)
    {
        _able = able;
        Refusal = refusal;
    }

    /// <summary>Why no node can take the run; null if a node can.</summary>
    public Placement? Refusal { get; }

    /// <summary>Finds the nodes for runs with the demand of this run.</summary>
    public static NodeChoice For(WaitingRun run, IReadOnlyList<NodeLoad> all)
    {
        var (able, refusal) = NodeFilter.Apply(run, all);
        return new(able, refusal);
    }

    /// <summary>
    /// Returns the node with the most room, or null if no node has enough. Within a pass room only shrinks, so after one null every answer
    /// is null.
    /// </summary>
    public NodeLoad? Roomiest(WaitingRun run)
    {
        if (_full)
        {
            return null;
        }

        NodeLoad? best = null;
        foreach (var node in _able)
        {
            if (node.HasRoom(run) && (best is null || node.Fraction < best.Fraction))
            {
                best = node;
            }
        }
        _full = best is null;
        return best;
    }
}
