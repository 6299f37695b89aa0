namespace Stromboli.Operator.Scheduling;

/// <summary>
/// The nodes for one <see cref="RunDemand"/>, within one pass of the scheduler: found once, however many runs ask for the same.
/// </summary>
internal sealed class NodeChoice
{
    private readonly IReadOnlyList<NodeLoad> _able;
    private bool _full;

    private NodeChoice(IReadOnlyList<NodeLoad> able, Placement? refusal)
    {
        _able = able;
        Refusal = refusal;
    }

    /// <summary>Why no node may take such a run, if so.</summary>
    public Placement? Refusal { get; }

    /// <summary>The nodes for runs such as this one.</summary>
    public static NodeChoice For(WaitingRun run, IReadOnlyList<NodeLoad> all)
    {
        var (able, refusal) = NodeFilter.Apply(run, all);
        return new(able, refusal);
    }

    /// <summary>
    /// The node that has the most room, or null if none has enough. Within a pass room only shrinks: once there was none, there is none.
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
