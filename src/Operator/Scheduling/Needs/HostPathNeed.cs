using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling.Needs;

/// <summary>A path of the node. The sentences are those of the bridge, which looks at more than the text of the path.</summary>
/// <param name="Field">The field that names it.</param>
/// <param name="Path">The path.</param>
/// <param name="Write">Whether it is to be written, too.</param>
internal sealed record HostPathNeed(string Field, string Path, bool Write) : NodeNeed
{
    /// <inheritdoc/>
    public override string Key => $"{Field} {(Write ? "rw" : "ro")} {Path}";

    /// <inheritdoc/>
    public override bool IsMetBy(NodePermissions permissions) => permissions.AllowsVolume(Path, Write);

    /// <inheritdoc/>
    public override Placement Refusal(IReadOnlyList<NodeView> nodes)
    {
        var bridge = nodes.Count == 1 ? "its" : "a";
        var readable = Write && nodes.Any(n => n.Permissions?.AllowsVolume(Path, write: false) == true);
        return Placement.Fails(
            RunReason.VolumeDenied,
            (Write, readable) switch
            {
                (false, _) =>
                    $"{Field} {Path} is not allowed on {Names(nodes)}; {bridge} bridge allows what lies below a --allow-volume PREFIX, such as --allow-volume {Path}.",
                (_, true) =>
                    $"{Field} {Path} may only be read on {Names(nodes)}; mount it with readOnly: true, or let {bridge} bridge allow to write it with --allow-volume {Path}:rw.",
                _ =>
                    $"{Field} {Path} is not allowed on {Names(nodes)}; {bridge} bridge allows to write what lies below a --allow-volume PREFIX:rw, such as --allow-volume {Path}:rw.",
            }
        );
    }
}
