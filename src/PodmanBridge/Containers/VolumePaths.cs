using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Where a run may mount paths of the node. The rules are stricter than those for its workspace: the runtime creates the mount points of
/// inner mounts in outer mounts, so it would create files in a directory of the node that is an outer mount.
/// </summary>
internal static class VolumePaths
{
    private static readonly string[] Reserved =
    [
        "/proc",
        "/sys",
        "/dev",
        "/run",
        "/tmp",
        "/var/tmp",
        "/opt/stromboli",
        MountPoints.Home,
        "/etc/hosts",
        "/etc/hostname",
        "/etc/resolv.conf",
        "/etc/passwd",
        "/etc/group",
    ];

    /// <summary>The problem with the paths, as one sentence for a person; null if there is none.</summary>
    public static string? Problem(AttemptSpec spec)
    {
        var taken = new List<string>(Reserved) { MountPaths.Normalise(spec.MountPath) ?? spec.MountPath };
        for (var i = 0; i < spec.Volumes.Count; i++)
        {
            var (field, path) = ($"volumes[{i}].mountPath", spec.Volumes[i].MountPath);
            if (MountPaths.FormProblem(field, path) is { } problem)
            {
                return problem;
            }

            var normal = MountPaths.Normalise(path)!;
            if (taken.FirstOrDefault(other => HostPathText.Meet(other, normal)) is { } hit)
            {
                return $"{field} {normal} overlaps {hit}, which is mounted or reserved.";
            }

            taken.Add(normal);
        }

        // A workspace on the node is an outer mount too.
        return
            spec.WorkspaceHostPath is not null
            && Reserved.FirstOrDefault(other => HostPathText.Meet(other, MountPaths.Normalise(spec.MountPath)!)) is { } reserved
            ? $"workspace.mountPath {spec.MountPath} overlaps {reserved}, which is mounted or reserved."
            : null;
    }
}
