using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling.Needs;

/// <summary>A secret of the node's Podman.</summary>
/// <param name="Field">The field that names it.</param>
/// <param name="Secret">Its name.</param>
internal sealed record PodmanSecretNeed(string Field, string Secret) : NodeNeed
{
    /// <inheritdoc/>
    public override string Key => $"{Field} {Secret}";

    /// <inheritdoc/>
    public override bool IsMetBy(NodePermissions permissions) => permissions.PodmanSecrets.Contains(Secret);

    /// <inheritdoc/>
    public override Placement Refusal(IReadOnlyList<NodeView> nodes) =>
        Placement.Fails(
            RunReason.PolicyDenied,
            $"{Field}: {Names(nodes)} {(nodes.Count == 1 ? "does" : "do")} not allow runs to have the Podman secret {Secret}; "
                + $"{(nodes.Count == 1 ? "its" : "a")} bridge would need --allow-podman-secret {Secret}."
        );
}
