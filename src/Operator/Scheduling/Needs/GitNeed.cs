using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling.Needs;

/// <summary>
/// The means to clone a repository. Nothing is denied where they lack, so it is waited for like a node of the right size.
/// </summary>
internal sealed record GitNeed : NodeNeed
{
    /// <inheritdoc/>
    public override string Key => "git";

    /// <inheritdoc/>
    public override bool IsMetBy(NodePermissions permissions) => permissions.ClonesGit;

    /// <inheritdoc/>
    public override Placement Refusal(IReadOnlyList<NodeView> nodes) =>
        Placement.Waits(
            RunReason.NoNodeMatches,
            $"spec.workspace.git: {Names(nodes)} {(nodes.Count == 1 ? "clones" : "clone")} no repositories; give {(nodes.Count == 1 ? "its" : "a")} bridge --git-image."
        );
}
