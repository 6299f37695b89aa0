using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The mounts of <see cref="ContainerSpecCheck"/>: exactly those that were planned, each with exactly its options.</summary>
internal static class ContainerMountCheck
{
    /// <summary>
    /// Options that repeat the writable flag, the kind of mount or its propagation, and those that Podman acts on itself.
    /// </summary>
    private static readonly string[] Silent = ["ro", "rw", "bind", "rbind", "private", "rprivate", "nocopy", "notmpcopyup"];

    public static void Compare(Differences found, SpecGenerator desired, ContainerInspection made)
    {
        var meant = Meant(desired);
        var mounts = made.Mounts ?? [];
        foreach (var mount in mounts)
        {
            var path = mount.Destination ?? "";
            if (!meant.Remove(path, out var expected))
            {
                found.Add($"{path} is mounted, which was not meant");
            }
            else
            {
                Compare(found, path, expected, Made(mount));
            }
        }
        foreach (var (path, options) in made.HostConfig?.Tmpfs ?? [])
        {
            if (!meant.Remove(path, out var expected))
            {
                found.Add($"{path} is mounted, which was not meant");
            }
            else
            {
                Compare(
                    found,
                    path,
                    expected,
                    new Mount("tmpfs", "tmpfs", Writable: !HasOption(options, "ro"), Normal(options.Split(',')))
                );
            }
        }
        foreach (var path in meant.Keys)
        {
            found.Add($"{path} is not mounted");
        }
    }

    private static void Compare(Differences found, string path, Mount meant, Mount made)
    {
        found.Same($"kind of the mount {path}", meant.Kind, made.Kind);
        found.Same($"source of the mount {path}", meant.Source, made.Source);
        found.Same($"mount {path} writable", meant.Writable, made.Writable);
        found.Same($"options of the mount {path}", meant.Options, made.Options);
    }

    private static Dictionary<string, Mount> Meant(SpecGenerator desired)
    {
        var meant = desired.Mounts.ToDictionary(
            m => m.Destination,
            m => new Mount(m.Type, m.Source, !m.Options.Contains("ro"), Normal(m.Options.SelectMany(o => o.Split(','))))
        );
        foreach (var volume in desired.Volumes)
        {
            meant.Add(volume.Destination, new Mount("volume", volume.Name, !volume.Options.Contains("ro"), Normal(volume.Options)));
        }

        return meant;
    }

    private static Mount Made(InspectMount mount) =>
        new(
            mount.Type ?? "",
            (mount.Type == "volume" ? mount.Name : mount.Source) ?? "",
            mount.Writable,
            Normal(mount.SubPath is { Length: > 0 } sub ? [.. mount.Options ?? [], "subpath=" + sub] : mount.Options ?? [])
        );

    private static bool HasOption(string options, string option) => options.Split(',').Contains(option, StringComparer.Ordinal);

    /// <summary>The options in which mounts can differ, in order.</summary>
    internal static string Normal(IEnumerable<string> options) =>
        string.Join(',', options.Except(Silent).Distinct().Order(StringComparer.Ordinal));

    private sealed record Mount(string Kind, string Source, bool Writable, string Options);
}
