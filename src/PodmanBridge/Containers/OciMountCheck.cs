using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The mounts of <see cref="OciConfigCheck"/>: those that were planned, and Podman's own.</summary>
internal static class OciMountCheck
{
    /// <summary>File systems that every container has: the path, the type, and whether it is read-only.</summary>
    private static readonly (string Path, string Type, bool ReadOnly)[] Kernel =
    [
        ("/proc", "proc", false),
        ("/sys", "sysfs", true),
        ("/sys/fs/cgroup", "cgroup", true),
        ("/dev", "tmpfs", false),
        ("/dev/pts", "devpts", false),
        ("/dev/mqueue", "mqueue", false),
    ];

    /// <summary>Files that Podman writes for the container, read-only, in the container's own folder.</summary>
    private static readonly string[] Written = ["/etc/hostname", "/etc/passwd", "/etc/group", "/run/.containerenv"];

    public static void Compare(Differences found, SpecGenerator desired, string containerID, IEnumerable<OciMount> mounts)
    {
        var meant = desired.Mounts.ToDictionary(m => m.Destination);
        var volumes = desired.Volumes.ToDictionary(v => v.Destination);
        foreach (var mount in mounts)
        {
            var path = mount.Destination ?? "";
            if (meant.Remove(path, out var expected))
            {
                CompareMount(found, expected, mount);
            }
            else if (volumes.Remove(path, out var volume))
            {
                CompareVolume(found, volume, mount);
            }
            else if (!IsKernels(mount) && !IsWritten(mount, containerID))
            {
                found.Add($"{path} is mounted, which was not meant");
            }
        }
        foreach (var path in meant.Keys.Concat(volumes.Keys))
        {
            found.Add($"{path} is not mounted");
        }
    }

    private static void CompareMount(Differences found, SpecMount meant, OciMount made)
    {
        found.Same($"kind of the mount {meant.Destination}", meant.Type, made.Type);
        found.Same($"source of the mount {meant.Destination}", meant.Source, made.Source);
        found.Same($"mount {meant.Destination} read-only", meant.Options.Contains("ro"), Has(made, "ro"));
        found.Same(
            $"options of the mount {meant.Destination}",
            ContainerMountCheck.Normal(meant.Options.SelectMany(o => o.Split(','))),
            ContainerMountCheck.Normal((made.Options ?? []).SelectMany(o => o.Split(',')))
        );
    }

    private static void CompareVolume(Differences found, SpecVolume meant, OciMount made)
    {
        found.Same($"kind of the mount {meant.Destination}", "bind", made.Type);
        if (made.Source?.EndsWith($"/{meant.Name}/_data", StringComparison.Ordinal) is not true)
        {
            found.Add($"source of the mount {meant.Destination} is {made.Source}, which is not the volume {meant.Name}");
        }

        found.Same($"mount {meant.Destination} read-only", meant.Options.Contains("ro"), Has(made, "ro"));
        found.Same(
            $"options of the mount {meant.Destination}",
            ContainerMountCheck.Normal(meant.Options),
            ContainerMountCheck.Normal(made.Options ?? [])
        );
    }

    private static bool IsKernels(OciMount mount) =>
        Kernel.Any(k => k.Path == mount.Destination && k.Type == mount.Type && (!k.ReadOnly || Has(mount, "ro")));

    private static bool IsWritten(OciMount mount, string containerID) =>
        Written.Contains(mount.Destination, StringComparer.Ordinal)
        && mount.Type == "bind"
        && Has(mount, "ro")
        && mount.Source?.Contains($"-containers/{containerID}/userdata/", StringComparison.Ordinal) is true;

    private static bool Has(OciMount mount, string option) => mount.Options?.Contains(option, StringComparer.Ordinal) ?? false;
}
