using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>A path of the node that a run asks for in its container.</summary>
/// <param name="Field">The field that names it.</param>
/// <param name="HostPath">The path on the node.</param>
/// <param name="MountPath">The path in the container.</param>
/// <param name="Writable">Whether the run may write to it.</param>
/// <param name="NoExec">Whether execution of files in it is disabled.</param>
/// <param name="IsWorkspace">Whether it is the workspace, which must be a directory.</param>
internal sealed record HostPathRequest(string Field, string HostPath, string MountPath, bool Writable, bool NoExec, bool IsWorkspace)
{
    /// <summary>All paths that a run asks for, in the order of its fields.</summary>
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
