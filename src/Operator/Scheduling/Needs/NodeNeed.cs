using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling.Needs;

/// <summary>Something of the node's own that a run wants, and that a node's admin allows or does not.</summary>
internal abstract record NodeNeed
{
    /// <summary>
    /// What it is, as a text of one line: needs of the same text are met by the same nodes, and refused with the same sentence.
    /// </summary>
    public abstract string Key { get; }

    /// <summary>Whether a node of these permissions can give it.</summary>
    public abstract bool IsMetBy(NodePermissions permissions);

    /// <summary>What is said to a run when no node can give it.</summary>
    /// <param name="nodes">The nodes that match otherwise; none of them can.</param>
    public abstract Placement Refusal(IReadOnlyList<NodeView> nodes);

    /// <summary><c>node a</c> or <c>nodes a, b</c>.</summary>
    protected static string Names(IReadOnlyList<NodeView> nodes) =>
        $"{(nodes.Count == 1 ? "node" : "nodes")} {NodeNames.List(nodes.Select(n => n.Name))}";
}
