using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>The mounts of an attempt's container.</summary>
internal static class ContainerMounts
{
    private const long MiB = 1024 * 1024;

    /// <summary>The run's directory, the shim, the CLI, static files, and bounded file systems in memory.</summary>
    public static IReadOnlyList<SpecMount> Mounts(AttemptSpec spec, ContainerInputs inputs)
    {
        // Files here count as the agent's memory if limits are enforced, and must be bounded if they are not.
        var share = Math.Max(16 * MiB, spec.MemoryBytes / 4);
        var mounts = new List<SpecMount>
        {
            // Compilers, Bun and pip run and load files that they put into /tmp.
            Tmpfs("/tmp", 2 * share, inodes: 65_536, mode: "1777"),
            Tmpfs("/var/tmp", share, inodes: 65_536, mode: "1777", "noexec"),
            // The container's root owns this, so the agent cannot write here.
            Tmpfs("/run", MiB, inodes: 256, mode: "755", "noexec"),
            Tmpfs("/dev/shm", Math.Min(share, 64 * MiB), inodes: 4_096, mode: "1777", "noexec"),
            Bind(inputs.RunDirectory, MountPoints.RunDirectory, "noexec"),
            Bind(inputs.ShimPath, MountPoints.Shim),
            Bind(inputs.Files.Hosts, "/etc/hosts", "noexec"),
            Bind(inputs.Files.ResolvConf, "/etc/resolv.conf", "noexec"),
        };
        if (inputs.ClaudeDirectory is not null)
        {
            mounts.Add(Bind(inputs.ClaudeDirectory, MountPoints.Cli));
        }

        mounts.AddRange(HostPathRequest.Of(spec).Select(HostPath));
        return mounts;
    }

    /// <summary>
    /// Workspace and HOME, which belong to the user since they were created. <c>nocopy</c> keeps the image's files out of them. <c>U</c> is
    /// not used: it would walk through a session's whole workspace at each start, and Podman 4.3 then gives the volume to the owner of the
    /// image's directory.
    /// </summary>
    public static IReadOnlyList<SpecVolume> Volumes(AttemptSpec spec, ContainerNames names) =>
        [
            .. spec.WorkspaceHostPath is null
                ?
                [
                    new()
                    {
                        Name = names.Workspace,
                        Destination = MountPaths.Normalise(spec.MountPath) ?? spec.MountPath,
                        Options = ["nosuid", "nodev", "nocopy"],
                    },
                ]
                : Array.Empty<SpecVolume>(),
            new()
            {
                Name = names.Home,
                Destination = MountPoints.Home,
                Options = ["nosuid", "nodev", "nocopy"],
            },
        ];

    /// <summary>
    /// Devices and set-user-ID files in this mount have no effect. If the node later mounts something below it, the container does not see
    /// that.
    /// </summary>
    private static SpecMount HostPath(HostPathRequest request) =>
        new()
        {
            Destination = MountPaths.Normalise(request.MountPath) ?? request.MountPath,
            Type = "bind",
            Source = request.HostPath,
            Options =
            [
                "bind",
                "private",
                request.Writable ? "rw" : "ro",
                "nosuid",
                "nodev",
                .. request.NoExec ? ["noexec"] : Array.Empty<string>(),
            ],
        };

    private static SpecMount Bind(string source, string destination, params ReadOnlySpan<string> more) =>
        new()
        {
            Destination = destination,
            Type = "bind",
            Source = source,
            Options = ["bind", "private", "ro", "nosuid", "nodev", .. more],
        };

    /// <summary>
    /// <c>notmpcopyup</c> keeps the image's files out. Podman (4.3 to 5.4) does not know <c>nr_inodes</c> but passes the value of
    /// <c>size</c> on unchanged, so the bound of inodes is part of that value. The check of the container and the tests would detect a
    /// version that does not pass it on.
    /// </summary>
    private static SpecMount Tmpfs(string destination, long bytes, int inodes, string mode, params ReadOnlySpan<string> more) =>
        new()
        {
            Destination = destination,
            Type = "tmpfs",
            Source = "tmpfs",
            Options = ["nosuid", "nodev", .. more, $"size={bytes},nr_inodes={inodes}", $"mode={mode}", "notmpcopyup"],
        };
}
