using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>A path of the node that a run wants in its container.</summary>
/// <param name="Field">The field that names it.</param>
/// <param name="HostPath">The path on the node.</param>
/// <param name="MountPath">The path in the container.</param>
/// <param name="Writable">Whether it is to be written.</param>
/// <param name="NoExec">Whether nothing in it can be run.</param>
/// <param name="IsWorkspace">Whether it is the workspace, which is a directory.</param>
internal sealed record HostPathRequest(string Field, string HostPath, string MountPath, bool Writable, bool NoExec, bool IsWorkspace)
{
    /// <summary>Everything that a run wants, in the order of its fields.</summary>
    public static IReadOnlyList<HostPathRequest> Of(AttemptSpec spec)
    {
        var volumes = spec.Volumes.Select(
            (volume, i) =>
                new HostPathRequest(
                    $"spec.volumes[{i}].hostPath",
                    volume.HostPath,
                    volume.MountPath,
                    !volume.ReadOnly,
                    volume.NoExec,
                    IsWorkspace: false
                )
        );
        return spec.WorkspaceHostPath is { } workspace
            ? [new("spec.workspace.hostPath.path", workspace, spec.MountPath, Writable: true, NoExec: false, IsWorkspace: true), .. volumes]
            : [.. volumes];
    }
}
